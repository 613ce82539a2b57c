import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { Failure } from '../../../shared/domain/job-progress.ts';
import type { Task } from '../../../shared/domain/task.ts';
import { toDoorView } from '../../../shared/ordering/door-view.ts';
import { apixo } from '../../../shared/providers/apixo/index.ts';
import { loadDoors } from '../../../shared/providers/doors.ts';
import { decimalId, readAnyId, taskNumberId, uuidId } from '../../../shared/providers/id-forms.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import { readFixture } from '../../support/read-fixture.ts';
import { type ServedApi, startApi } from '../../support/served-api.ts';
import { storeTask } from '../../support/stored-tasks.ts';
import { httpOf } from './maas-calls.ts';

const fast = 'hailuo-2-3-fast';
const both = 'hailuo-2-3';
const ids = taskNumberId;

let api: ServedApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const createdSchema = z.strictObject({
  code: z.literal(200),
  message: z.literal('success'),
  data: z.strictObject({ taskId: z.string().regex(/^task_\d{19}$/) }),
});

async function order(model: string, json: unknown, headers = {}) {
  const path = `/api/v1/generateTask/${model}`;
  const { status, body } = await api.call({ method: 'POST', path, json, headers });
  expect({ status, body }).toMatchObject({ status: 200 });
  const { taskId } = createdSchema.parse(body).data;
  const view = await api.tables.tasks.getTaskView(readAnyId(taskId) ?? '');
  if (view === undefined) throw new Error('The order was not accepted');
  return { ...view, taskId };
}

function lookAt(taskId: string, model = fast) {
  return api.call({ path: `/api/v1/statusTask/${model}?taskId=${taskId}` });
}

/** An order of the document with its image at another place. */
function example(name: string): unknown {
  return JSON.parse(readFixture(`apixo/${name}`).replace(/https:[^"]+input\.jpg/, api.imageUrl(600, 400)));
}

const text = { mode: 'standard-text-to-video', prompt: 'A lighthouse', duration: 6 };

describe("Apixo's door", () => {
  it.each([
    ['the request body', 'create-document-body', { provider: 'apixo', seconds: 6 }, {}],
    ['standard', 'create-document-standard', { provider: 'apixo', seconds: 10 }, {}],
    [
      'pro',
      'create-document-pro',
      { provider: 'apixo', seconds: 6, resolution: '1080P' },
      { webhook: { url: 'https://your-server.com/callback', dialect: 'apixo' } },
    ],
  ])("takes the document's example of %s", async (_, name, task, request) => {
    const made = await order(fast, example(name));

    expect(made.task).toMatchObject({ model: 'hailuo-2.3-fast', operation: 'i2v', ...task });
    const { policy, webhook, door, preferredProvider, firstFrameImage } = made.request;
    expect({ policy, webhook }).toEqual(request);
    expect({ door, preferredProvider }).toEqual({
      door: { provider: 'apixo', echo: null },
      preferredProvider: 'apixo',
    });
    expect(firstFrameImage).toMatchObject({ url: api.imageUrl(600, 400) });
    expect((await lookAt(made.taskId)).body).toEqual({
      code: 200,
      message: 'success',
      data: { taskId: made.taskId, state: 'pending', createTime: Date.parse(made.task.createdAt) },
    });
  });

  it.each([
    ['standard-text-to-video', 6, { operation: 't2v', seconds: 6, resolution: '768P' }],
    ['standard-text-to-video', '10', { operation: 't2v', seconds: 10, resolution: '768P' }],
    ['pro-text-to-video', undefined, { operation: 't2v', seconds: 6, resolution: '1080P' }],
    ['pro-text-to-video', 10, { operation: 't2v', seconds: 6, resolution: '1080P' }],
    ['pro-text-to-video', 'long', { operation: 't2v', seconds: 6, resolution: '1080P' }],
  ])('takes %s with the duration %j', async (mode, duration, task) => {
    const made = await order(both, { input: { ...text, mode, duration } });

    expect(made.task).toMatchObject({ model: 'hailuo-2.3', provider: 'apixo', ...task });
  });

  it('ignores blank images of a text, an unused callback URL, and fields that the document does not have', async () => {
    const { request } = await order(both, {
      ...{ request_type: 'async', callback_url: 'nowhere', model: 'x' },
      input: { ...text, image_urls: [' '], seed: 1 },
    });

    expect(request).toMatchObject({ prompt: 'A lighthouse', door: { provider: 'apixo' } });
    expect(request.webhook).toBeUndefined();
    expect(request.firstFrameImage).toBeUndefined();
  });

  it('lets a header choose who serves it, and no strategy', async () => {
    const own = await order(both, { provider: 'official', input: text });
    expect(own.task.provider).toBe('apixo');

    const { task } = await order(both, { provider: 'value', input: text }, { 'x-conch-provider': 'minimax' });

    expect(task.provider).toBe('minimax');
  });

  it('shows what the budgets leave as its balance, in USD', async () => {
    await api.tables.accounts.createAccount('acme', new Date(), { monthlyMicroUsd: 100_000_000 });
    const { body } = await api.call({ path: '/api/v1/apikeys/current-balance' });
    await api.tables.accounts.changeAccount('acme', { monthly: 'none' });

    const { data } = z
      .strictObject({ code: z.literal(200), message: z.literal('success'), data: z.number() })
      .parse(body);
    expect(data).toBeGreaterThan(80);
    expect(data).toBeLessThan(100);
  });
});

const result = { key: 'videos/a.mp4', bytes: 8, sha256: 'f'.repeat(64) };
const completed = {
  state: 'completed',
  result,
  createdAt: new Date(1_767_965_610_929).toISOString(),
  completedAt: new Date(1_767_965_730_929).toISOString(),
  expiresAt: '2999-01-01T00:00:00.000Z',
} as const satisfies Partial<Task>;

function failed(code: Failure['code'], message: string): Partial<Task> {
  return { state: 'failed', failure: { code, message, charged: 'no' } };
}

/** A task's data in an answer of the document, with our id. */
function documented(name: string, { id }: Task) {
  const { data, ...envelope } = JSON.parse(readFixture(`apixo/${name}`));
  return { ...envelope, data: { ...data, taskId: ids.toText(id) } };
}

describe("the states at Apixo's door", () => {
  it.each<[Task['state'], string]>([
    ['accepted', 'pending'],
    ['submitting', 'pending'],
    ['processing', 'processing'],
    ['archiving', 'processing'],
  ])('shows %s as %s', async (state, shown) => {
    const task = await storeTask(api.tables, { state });

    const taskId = ids.toText(task.id);
    expect((await lookAt(taskId)).body).toEqual({
      code: 200,
      message: 'success',
      data: { taskId, state: shown, createTime: Date.parse(task.createdAt) },
    });
  });

  it("shows a completed task as the document's example, under each model and in any form of its id", async () => {
    const task = await storeTask(api.tables, completed);
    const url = `https://conch.test/v/${task.id}/${task.linkSecret}.mp4`;
    const expected = documented('status-success', task);
    expected.data.resultJson = expected.data.resultJson.replace('https://r2.apixo.ai/video.mp4', url);

    for (const id of [ids.toText(task.id), uuidId.toText(task.id), decimalId.toText(task.id)])
      for (const model of [fast, both]) expect((await lookAt(id, model)).body).toEqual(expected);
  });

  it("shows a failed task as the document's example", async () => {
    const task = await storeTask(
      api.tables,
      failed('content_rejected', 'Content does not meet safety guidelines'),
    );

    expect((await lookAt(ids.toText(task.id))).body).toEqual(documented('status-failed', task));
  });

  it.each<[Failure['code'], string]>([
    ['bad_image', 'INVALID_IMAGE_URL'],
    ['budget_exceeded', 'INSUFFICIENT_CREDITS'],
    ['deadline_exceeded', 'PROCESSING_TIMEOUT'],
    ['provider_balance', 'MODEL_UNAVAILABLE'],
    ['generation_failed', 'GENERATION_FAILED'],
    ['submit_unknown', 'GENERATION_FAILED'],
  ])('shows a failure with %s as %s', async (code, failCode) => {
    const task = await storeTask(api.tables, failed(code, 'It did not work'));

    expect((await lookAt(ids.toText(task.id))).body).toMatchObject({
      data: { state: 'failed', failCode, failMsg: 'It did not work' },
    });
  });

  it.each([
    ['succeeded', completed],
    ['failed', failed('generation_failed', 'It did not work')],
  ])('calls back about a task that %s with the body of a status answer', async (_, changes) => {
    const door = loadDoors({}).find(({ provider }) => provider === 'apixo');
    const { id } = await storeTask(api.tables, changes);
    const view = await api.tables.tasks.getTaskView(id);
    if (door === undefined || view === undefined) throw new Error('There is no door or no task');
    const now = new Date();
    const shown = toDoorView(door, view, { publicUrl: 'https://conch.test', now });

    const message = door.callbackMessage?.(shown, now);

    expect(message).toEqual({ headers: {}, body: (await lookAt(ids.toText(id))).body });
  });
});

describe("a task of Apixo's door", () => {
  it("is read through PiAPI's door, whose tasks are read here", async () => {
    const made = await order(both, { input: text });
    const input = { model: 't2v-01', prompt: 'A lighthouse' };
    const json = { model: 'hailuo', task_type: 'video_generation', input };
    const other = await api.call({ method: 'POST', path: '/api/v1/task', json });
    const { data } = z.object({ data: z.object({ task_id: z.string() }) }).parse(other.body);

    const elsewhere = await api.call({ path: `/api/v1/task/${made.taskId}` });

    expect(elsewhere.body).toMatchObject({
      data: { status: 'pending', input: { prompt: 'A lighthouse', duration: 6, resolution: 768 } },
    });
    expect((await lookAt(data.task_id)).body).toMatchObject({
      data: { taskId: ids.toText(readAnyId(data.task_id) ?? ''), state: 'pending' },
    });
  });

  it('is ordered and found by our own adapter, whose provider is this gateway', async () => {
    const provider = apixo.load({ APIXO_BASE_URL: 'https://conch.test' });
    const context = {
      ...{ apiKey: api.keys.acme, http: httpOf(api), clock: createManualClock() },
      signal: AbortSignal.timeout(20_000),
    };
    const variant = { seconds: 6, resolution: '768P' } as const;
    const request = { nativeModel: both, operation: 't2v', prompt: 'Sea', ...variant } as const;

    const outcome = await provider.submit(request, context);
    const done = await storeTask(api.tables, completed);

    if (outcome.kind !== 'accepted') throw new Error(`It was not accepted: ${JSON.stringify(outcome)}`);
    expect(await provider.check(outcome.job, context)).toEqual({ kind: 'queued' });
    expect(await provider.check({ id: ids.toText(done.id), route: both }, context)).toEqual({
      kind: 'succeeded',
      outputs: [{ url: expect.stringContaining(`/v/${done.id}/`) }],
    });
    expect(await provider.submit({ ...request, prompt: ' ' }, context)).toMatchObject({
      kind: 'refused',
      failure: { code: 'invalid_request' },
    });
  });
});
