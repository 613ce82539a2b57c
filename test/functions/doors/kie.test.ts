import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { Failure } from '../../../shared/domain/job-progress.ts';
import type { Task } from '../../../shared/domain/task.ts';
import { toVideoId } from '../../../shared/ids.ts';
import { toDoorView } from '../../../shared/ordering/door-view.ts';
import { loadDoors } from '../../../shared/providers/doors.ts';
import { decimalId, hailuoBase36Id, readAnyId, uuidId } from '../../../shared/providers/id-forms.ts';
import { kie } from '../../../shared/providers/kie/index.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import type { OrderOverrides } from '../../support/orders.ts';
import { readFixture } from '../../support/read-fixture.ts';
import { type ServedApi, startApi } from '../../support/served-api.ts';
import { storeTask } from '../../support/stored-tasks.ts';
import { httpOf } from './maas-calls.ts';

const ids = hailuoBase36Id;

let api: ServedApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const createdSchema = z.strictObject({
  code: z.literal(0),
  message: z.literal('success'),
  data: z.strictObject({ taskId: z.string().regex(/^hailuo_[0-9a-z]{12,13}$/), status: z.literal(0) }),
});

function create(json: unknown, headers = {}) {
  return api.call({ method: 'POST', path: '/api/v1/hailuo/generate', json, headers });
}

async function order(json: unknown, headers = {}) {
  const { status, body } = await create(json, headers);
  expect({ status, body }).toMatchObject({ status: 200 });
  const { taskId } = createdSchema.parse(body).data;
  const view = await api.tables.tasks.getTaskView(readAnyId(taskId) ?? '');
  if (view === undefined) throw new Error('The order was not accepted');
  return { ...view, taskId };
}

function lookAt(taskId: string) {
  return api.call({ path: `/api/v1/hailuo/record-info?taskId=${taskId}` });
}

const prompt = 'A lighthouse';

describe("KIE's door", () => {
  it("takes the document's example of a video from an image", async () => {
    const imageUrl = api.imageUrl(600, 400);
    const json = { ...JSON.parse(readFixture('kie/create-document-i2v')), imageUrl };

    const { task, request, taskId } = await order(json);

    expect(task).toMatchObject({
      ...{ provider: 'kie', model: 'hailuo-2.3', operation: 'i2v', seconds: 8, resolution: '1080P' },
    });
    expect(request).toMatchObject({
      prompt: json.prompt,
      firstFrameImage: { url: imageUrl },
      preferredProvider: 'kie',
      door: { provider: 'kie', echo: { resolution: '1080p' } },
      webhook: { url: json.callBackUrl, dialect: 'kie' },
    });
    expect((await lookAt(taskId)).body).toEqual({
      code: 0,
      message: 'success',
      data: { taskId, status: 0, createdAt: task.createdAt.replace(/\.\d+Z$/, 'Z') },
    });
  });

  it('takes a ratio beside an image, makes the video without it and says so', async () => {
    const json = { prompt, imageUrl: api.imageUrl(600, 400), aspectRatio: '9:16' };
    const message = 'aspectRatio 9:16 changes nothing beside imageUrl: the video has the shape of its image';

    const { task, request } = await order(json);
    const [placed, repeated] = [
      await create(json, { 'idempotency-key': 'shaped' }),
      await create(json, { 'idempotency-key': 'shaped' }),
    ];

    expect(task).toMatchObject({ provider: 'kie', operation: 'i2v' });
    expect(request.aspectRatio).toBeUndefined();
    expect((await api.call({ path: `/v1/videos/${toVideoId(task.id)}` })).body).toMatchObject({
      gateway: { warnings: [{ code: 'aspect_ratio_ignored', message }] },
    });
    for (const { headers } of [placed, repeated])
      expect(headers).toMatchObject({ 'x-conch-warning': message });
  });

  it.each([
    ['a ratio of a text', () => ({ aspectRatio: '9:16' })],
    ['an image alone', () => ({ imageUrl: api.imageUrl(600, 400) })],
  ])('warns of nothing for %s', async (_, fields) => {
    const { headers } = await create({ prompt, ...fields() });
    const { request } = await order({ prompt, ...fields() });

    expect(headers).not.toHaveProperty('x-conch-warning');
    expect(request.door).toEqual({ provider: 'kie', echo: {} });
  });

  it.each([
    ['what another model alone can do', { aspectRatio: '1:1' }, { 'x-conch-provider': 'haiper' }],
    ['a seed elsewhere', { seed: 12_345 }, { 'x-conch-provider': 'minimax,haiper' }],
  ])('means hailuo-2-3 where no model is named, and buys no other for %s', async (_, fields, headers) => {
    const answer = await create({ prompt, ...fields }, headers);

    expect(answer).toMatchObject({
      status: 400,
      body: { code: 1004, message: expect.stringContaining('hailuo-2.3') },
    });
  });

  it.each([
    ['/api/v1/hailuo/generate', { prompt }, 'callBackUrl'],
    [
      '/api/v1/generateTask/hailuo-2-3',
      { request_type: 'callback', input: { mode: 'standard-text-to-video', prompt, duration: 6 } },
      'callback_url',
    ],
  ])('and %s names a private callback as its client does', async (path, body, field) => {
    const json = { ...body, [field]: 'http://169.254.169.254/latest' };

    const { status, body: refusal } = await api.call({ method: 'POST', path, json });

    expect(status).toBe(400);
    expect(JSON.stringify(refusal)).toContain(`${field} must lead to the public internet`);
  });

  it.each([
    ['hailuo-02', {}, { model: 'hailuo-02' }],
    ['hailuo-2-3', { aspectRatio: '9:16', seed: 67_890 }, { model: 'hailuo-2.3' }],
    ['hailuo-2-3', { duration: 10, resolution: '720p' }, { seconds: 10 }],
    ['hailuo-2-3', { duration: 8 }, { seconds: 8 }],
    ['hailuo-2-3-fast', { imageUrl: 'IMAGE' }, { model: 'hailuo-2.3-fast', operation: 'i2v' }],
    [undefined, {}, { model: 'hailuo-2.3', seconds: 6 }],
  ])('takes the model %s with %j', async (model, json, task) => {
    const given = JSON.parse(JSON.stringify(json).replace('IMAGE', api.imageUrl(600, 400)));

    const made = await order({ prompt, model, ...given });

    expect(made.task).toMatchObject({ provider: 'kie', ...task });
    const { aspectRatio, seed } = made.request;
    expect({ aspectRatio, seed }).toEqual({ aspectRatio: given.aspectRatio, seed: given.seed });
  });

  it.each([
    ['720p', '720P'],
    ['768P', '720P'],
    ['1080P', '1080P'],
  ])('makes %s of its own tier and shows it as it was spelled', async (resolution, bought) => {
    const made = await order({ prompt, model: 'hailuo-2-3', resolution });
    const { task, request } = made;
    const done = await storeTask(api.tables, { ...task, ...completed }, { request });

    expect(task.resolution).toBe(bought);
    expect((await lookAt(ids.toText(done.id))).body).toMatchObject({ data: { status: 1, resolution } });
  });

  it('ignores fields that the document does not have', async () => {
    const { request } = await order({ prompt, negative: 'rain', input: { prompt: 5 } });

    expect(request).toMatchObject({ prompt });
  });

  it('lets a header choose who serves it', async () => {
    const { task } = await order({ prompt }, { 'x-conch-provider': 'minimax' });

    expect(task.provider).toBe('minimax');
  });

  it('answers a repeat of an order that failed meanwhile with the same id and its status', async () => {
    const headers = { 'idempotency-key': 'twice' };
    const { task, request, taskId } = await order({ prompt }, headers);
    await storeTask(api.tables, { ...task, ...failed('generation_failed', 'It did not work') }, { request });

    expect((await create({ prompt }, headers)).body).toMatchObject({ data: { taskId, status: 2 } });
  });
});

const result = { key: 'videos/a.mp4', bytes: 8, sha256: 'f'.repeat(64) };
const completed = {
  state: 'completed',
  result,
  createdAt: '2025-11-15T14:20:00.123Z',
  completedAt: '2025-11-15T14:23:45.678Z',
  expiresAt: '2999-01-01T00:00:00.000Z',
} as const satisfies Partial<Task>;

function failed(code: Failure['code'], message: string): Partial<Task> {
  return { state: 'failed', failure: { code, message, charged: 'no' } };
}

const own: OrderOverrides = {
  request: { door: { provider: 'kie', echo: { resolution: '1080p' } } },
};
const documented = { ...completed, seconds: 10, resolution: '1080P' } as const;

function linkOf({ id, linkSecret }: Task): string {
  return `https://conch.test/v/${id}/${linkSecret}.mp4`;
}

/** An answer of the document with the id and the link of a task. */
function example(name: string, task: Task): unknown {
  return JSON.parse(
    readFixture(`kie/${name}`)
      .replace('https://storage.kie.ai/videos/hailuo_ghi789jkl.mp4', linkOf(task))
      .replace('hailuo_ghi789jkl', ids.toText(task.id)),
  );
}

async function callbackOf({ id }: Task) {
  const door = loadDoors({}).find(({ provider }) => provider === 'kie');
  const view = await api.tables.tasks.getTaskView(id);
  if (door === undefined || view === undefined) throw new Error('There is no door or no task');
  const now = new Date();
  const shown = toDoorView(door, view, { publicUrl: 'https://conch.test', now });
  const message = door.callbackMessage?.(shown, now);
  return { headers: message?.headers, body: JSON.parse(JSON.stringify(message?.body)) };
}

describe("the states at KIE's door", () => {
  it.each<Task['state']>(['accepted', 'submitting', 'processing', 'archiving'])(
    'shows %s as 0, without an end',
    async (state) => {
      const task = await storeTask(api.tables, { state });

      const taskId = ids.toText(task.id);
      const data = { taskId, status: 0, createdAt: '2026-03-02T10:00:00Z' };
      expect((await lookAt(taskId)).body).toEqual({ code: 0, message: 'success', data });
    },
  );

  it("shows a completed task as the document's example, in any form of its id", async () => {
    const task = await storeTask(api.tables, documented, own);

    for (const id of [ids.toText(task.id), uuidId.toText(task.id), decimalId.toText(task.id)])
      expect((await lookAt(id)).body).toEqual(example('record-success-document', task));
  });

  it("calls back about it as the document's example", async () => {
    const task = await storeTask(api.tables, documented, own);

    expect(await callbackOf(task)).toEqual({ headers: {}, body: example('callback-document', task) });
  });

  it.each([
    ['512P', '512p'],
    ['768P', '720p'],
    ['1080P', '1080p'],
  ] as const)('shows %s, ordered elsewhere, as %s', async (resolution, shown) => {
    const task = await storeTask(api.tables, { ...completed, resolution });

    expect((await lookAt(ids.toText(task.id))).body).toMatchObject({
      data: { duration: 6, resolution: shown },
    });
  });

  it.each<[Failure['code'], number | undefined]>([
    ['content_rejected', 1001],
    ['bad_image', 1002],
    ['budget_exceeded', 1003],
    ['invalid_request', 1004],
    ['generation_failed', undefined],
    ['provider_balance', undefined],
  ])('shows a failure with %s by the number %s', async (code, errorCode) => {
    const changes = { ...failed(code, 'It did not work'), completedAt: '2026-03-02T10:01:00.000Z' };
    const task = await storeTask(api.tables, changes);

    const end = {
      ...{ taskId: ids.toText(task.id), status: 2, completedAt: '2026-03-02T10:01:00Z' },
      ...(errorCode !== undefined && { errorCode }),
      errorMessage: 'It did not work',
    };
    const data = { ...end, createdAt: '2026-03-02T10:00:00Z' };
    expect((await lookAt(ids.toText(task.id))).body).toEqual({ code: 0, message: 'success', data });
    expect(await callbackOf(task)).toEqual({ headers: {}, body: end });
  });
});

function download(json: unknown, headers = {}) {
  return api.call({ method: 'POST', path: '/api/v1/common/download-url', json, headers });
}

describe("a download link at KIE's door", () => {
  it('is the link to the video whose link is given', async () => {
    const task = await storeTask(api.tables, completed);

    expect(await download({ url: linkOf(task) })).toMatchObject({
      status: 200,
      body: { code: 200, msg: 'success', data: linkOf(task) },
    });
  });

  it.each([
    'https://old.example',
    'http://conch.test',
    'https://conch.test:8443',
    'https://conch.test.example',
  ])('is refused for the path of a link at %s, which is not our address', async (origin) => {
    const task = await storeTask(api.tables, completed);

    const url = linkOf(task).replace('https://conch.test', origin);
    expect(await download({ url })).toMatchObject({ status: 404, body: { code: 1004, data: null } });
  });

  it("is refused for other URLs, wrong secrets, another account's, and what is not done or expired", async () => {
    const task = await storeTask(api.tables, completed);
    const expired = await storeTask(api.tables, { ...completed, expiresAt: '2026-03-03T00:00:00.000Z' });
    const running = await storeTask(api.tables, { state: 'processing' });
    const foreign = await storeTask(api.tables, completed, { account: 'rival' });
    const others = [expired, running, foreign].map(linkOf);
    const guess = linkOf(task).replace(task.linkSecret, 'x'.repeat(task.linkSecret.length));

    for (const url of ['https://file.example/v.mp4', 'no URL', '', guess, ...others])
      expect(await download({ url })).toMatchObject({ status: 404, body: { code: 1004, data: null } });
    for (const body of [{}, { url: 7 }, { url: null }, [], null])
      expect(await download(body)).toMatchObject({ status: 400, body: { code: 1004, data: null } });
    expect(await download({ url: linkOf(task) }, { authorization: '' })).toMatchObject({ status: 401 });
  });
});

describe("a task of KIE's door", () => {
  it("is read through PiAPI's door, whose tasks are read here", async () => {
    const made = await order({ prompt, model: 'hailuo-2-3' });
    const input = { model: 't2v-01', prompt };
    const json = { model: 'hailuo', task_type: 'video_generation', input };
    const other = await api.call({ method: 'POST', path: '/api/v1/task', json });
    const { data } = z.object({ data: z.object({ task_id: z.string() }) }).parse(other.body);

    const elsewhere = await api.call({ path: `/api/v1/task/${made.taskId}` });

    expect(elsewhere.body).toMatchObject({ data: { status: 'pending', input: { prompt } } });
    expect((await lookAt(data.task_id)).body).toMatchObject({
      data: { taskId: ids.toText(readAnyId(data.task_id) ?? ''), status: 0 },
    });
  });

  it('is ordered and found by our own adapter, whose provider is this gateway', async () => {
    const provider = kie.load({ KIE_BASE_URL: 'https://conch.test' });
    const context = {
      ...{ apiKey: api.keys.acme, http: httpOf(api), clock: createManualClock() },
      signal: AbortSignal.timeout(20_000),
    };
    const variant = { seconds: 8, resolution: '720P' } as const;
    const request = { nativeModel: 'hailuo-2-3', operation: 't2v', prompt, ...variant } as const;

    const outcome = await provider.submit(request, context);
    const done = await storeTask(api.tables, completed);

    if (outcome.kind !== 'accepted') throw new Error(`It was not accepted: ${JSON.stringify(outcome)}`);
    expect(await provider.check(outcome.job, context)).toEqual({ kind: 'running' });
    expect(await provider.check({ id: ids.toText(done.id), route: 'hailuo' }, context)).toEqual({
      kind: 'succeeded',
      outputs: [{ url: linkOf(done) }],
    });
    expect(await provider.submit({ ...request, prompt: ' ' }, context)).toMatchObject({
      kind: 'refused',
      failure: { code: 'invalid_request', providerCode: '1001' },
    });
  });
});
