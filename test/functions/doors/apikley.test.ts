import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { Failure } from '../../../shared/domain/job-progress.ts';
import type { Task } from '../../../shared/domain/task.ts';
import { apikley } from '../../../shared/providers/apikley/index.ts';
import {
  hailuoTaskNumberId,
  hexId,
  readAnyId,
  taskNumberId,
  uuidId,
  videoId,
} from '../../../shared/providers/id-forms.ts';
import type { JobRequest } from '../../../shared/providers/provider.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import { readFixture } from '../../support/read-fixture.ts';
import { type ServedApi, startApi } from '../../support/served-api.ts';
import { storeTask } from '../../support/stored-tasks.ts';
import { httpOf } from './maas-calls.ts';
import { marketCalls } from './market-calls.ts';

let api: ServedApi;
let door: ReturnType<typeof marketCalls>;
beforeAll(async () => {
  api = await startApi();
  door = marketCalls(api, api.keys.acme);
});
afterAll(() => api.close());

const standard = 'hailuo/02-text-to-video-standard';
const ids = hailuoTaskNumberId;
const text = { model: standard, input: { prompt: 'Fog' } };
const recordSchema = z.object({ data: z.looseObject({ param: z.string() }) });
const paramOf = (body: unknown) => JSON.parse(recordSchema.parse(body).data.param);

describe("Apikley's door", () => {
  it.each(['apikley/create-document-example', 'apikley/create-02-t2v-standard'])(
    'takes %s and shows it in the dialect',
    async (fixture) => {
      const json = JSON.parse(readFixture(fixture));

      const { task, request, taskId } = await door.order(json);

      expect(taskId).toMatch(/^task_hailuo_\d{19}$/);
      expect(task).toMatchObject({
        ...{ provider: 'apikley', nativeModel: standard, operation: 't2v' },
        ...{ seconds: 6, resolution: '768P' },
      });
      const webhook = { url: json.callBackUrl, dialect: 'apikley' };
      expect(request).toMatchObject({ preferredProvider: 'apikley', promptOptimizer: true, webhook });
      const { status, body } = await door.lookAt(taskId);
      const createTime = Date.parse(task.createdAt);
      expect({ status, body }).toEqual({
        status: 200,
        body: {
          code: 200,
          message: 'success',
          data: {
            ...{ taskId, model: standard, state: 'waiting', param: expect.any(String), resultJson: '' },
            ...{ failCode: '', failMsg: '', createTime, updateTime: createTime },
          },
        },
      });
      expect(paramOf(body)).toEqual(json);
    },
  );

  it.each([
    ['a duration as a number', { duration: 10 }, { seconds: 10 }],
    ['a duration as text', { duration: '10' }, { seconds: 10 }],
    ['a blank duration', { duration: ' ' }, { seconds: 6 }],
    ['blank images', { image_url: '', end_image_url: ' ' }, { operation: 't2v' }],
    ['fields that the document does not have', { nsfw_checker: true, fps: 24 }, { seconds: 6 }],
  ])('takes %s', async (_, input, task) => {
    const made = await door.order({ ...text, input: { ...text.input, ...input }, callBackUrl: '', x: 1 });

    expect(made.task).toMatchObject(task);
    expect(made.request.webhook).toBeUndefined();
  });

  it('shows a duration as the client wrote it', async () => {
    const { taskId } = await door.order({ ...text, input: { duration: 10, prompt: 'Fog' } });

    expect(paramOf((await door.lookAt(taskId)).body)).toEqual({
      model: standard,
      input: { prompt: 'Fog', duration: 10 },
    });
  });

  it.each([
    ['02-text-to-video-pro', {}, 'hailuo-02', 't2v', [6, '1080P']],
    ['02-image-to-video-standard', { image_url: 'IMAGE' }, 'hailuo-02', 'i2v', [10, '768P']],
    [
      '02-image-to-video-standard',
      { image_url: 'IMAGE', end_image_url: 'IMAGE', duration: '6', resolution: '512P' },
      'hailuo-02',
      'fl2v',
      [6, '512P'],
    ],
    ['02-image-to-video-pro', { image_url: 'IMAGE' }, 'hailuo-02', 'i2v', [6, '1080P']],
    ['2-3-image-to-video-standard', { image_url: 'IMAGE' }, 'hailuo-2.3', 'i2v', [6, '768P']],
    [
      '2-3-image-to-video-standard',
      { image_url: 'IMAGE', resolution: '1080P' },
      'hailuo-2.3',
      'i2v',
      [6, '1080P'],
    ],
  ])("makes of %s and %j what the model's page says", async (name, given, model, operation, shape) => {
    const input = JSON.parse(JSON.stringify(given).replaceAll('IMAGE', api.imageUrl(600, 400)));
    const nativeModel = `hailuo/${name}`;

    const { task } = await door.order({ model: nativeModel, input: { prompt: 'Fog', ...input } });

    const [seconds, resolution] = shape;
    expect(task).toMatchObject({ provider: 'apikley', nativeModel, model, operation, seconds, resolution });
  });

  it('lets a header choose who serves it', async () => {
    const headers = { 'x-conch-provider': 'minimax' };
    const path = '/api/v1/jobs/createTask';
    const { body } = await api.call({ method: 'POST', path, json: text, headers });

    const { data } = z.object({ data: z.object({ taskId: z.string() }) }).parse(body);
    const task = await api.tables.tasks.getTask(readAnyId(data.taskId) ?? '');
    expect(task).toMatchObject({ provider: 'minimax', model: 'hailuo-02', seconds: 6 });
  });

  it('orders of our own adapter, whose provider is this gateway, and is found by it', async () => {
    const provider = apikley.load({ APIKLEY_BASE_URL: 'https://conch.test' });
    const context = {
      apiKey: api.keys.acme,
      http: httpOf(api),
      clock: createManualClock(),
      signal: AbortSignal.timeout(20_000),
    };
    const request: JobRequest = {
      nativeModel: standard,
      operation: 't2v',
      prompt: 'Fog',
      seconds: 10,
      resolution: '768P',
      promptOptimizer: false,
    };
    const outcome = await provider.submit(request, context, { url: 'https://a.example/cb', proof: 'p' });

    if (outcome.kind !== 'accepted') throw new Error(`It was not accepted: ${JSON.stringify(outcome)}`);
    const view = await api.tables.tasks.getTaskView(readAnyId(outcome.job.id) ?? '');
    expect(view).toMatchObject({
      task: { seconds: 10 },
      request: { promptOptimizer: false, webhook: { url: 'https://a.example/cb' } },
    });
    expect(await provider.check(outcome.job, context)).toEqual({ kind: 'queued' });
  });
});

const result = { key: 'videos/a.mp4', bytes: 8, sha256: 'f'.repeat(64) };
const completed = {
  ...{ state: 'completed', result, expiresAt: '2999-01-01T00:00:00.000Z', chargeMicroUsd: 150_000 },
  completedAt: '2026-03-02T10:01:38.000Z',
} as const satisfies Partial<Task>;
const createTime = Date.parse('2026-03-02T10:00:00.000Z');
const completeTime = Date.parse(completed.completedAt);
const order = {
  model: 'hailuo-01',
  input: { prompt: 'A lighthouse at dusk', duration: '6', resolution: '720P' },
};
const times = { createTime, completeTime, updateTime: completeTime, costTime: 98_000 };

describe("the states at Apikley's door", () => {
  it.each<[Task['state'], string]>([
    ['accepted', 'waiting'],
    ['submitting', 'waiting'],
    ['processing', 'generating'],
    ['archiving', 'generating'],
  ])('shows %s as %s', async (taskState, state) => {
    const task = await storeTask(api.tables, { state: taskState });
    const taskId = ids.toText(task.id);

    expect((await door.lookAt(taskId)).body).toEqual({
      code: 200,
      message: 'success',
      data: {
        ...{ taskId, model: 'hailuo-01', state, param: JSON.stringify(order), resultJson: '' },
        ...{ failCode: '', failMsg: '', createTime, updateTime: createTime },
      },
    });
  });

  it('shows a completed task with its link, its times in milliseconds and its credits, in any form of its id', async () => {
    const task = await storeTask(api.tables, completed);
    const taskId = ids.toText(task.id);
    const resultJson = JSON.stringify({
      resultUrls: [`https://conch.test/v/${task.id}/${task.linkSecret}.mp4`],
    });
    const shown = { taskId, state: 'success', resultJson, failCode: '', failMsg: '', creditsConsumed: 30 };

    for (const form of [ids, uuidId, hexId, videoId, taskNumberId])
      expect((await door.lookAt(form.toText(task.id))).body).toEqual({
        code: 200,
        message: 'success',
        data: { ...shown, model: 'hailuo-01', param: JSON.stringify(order), ...times },
      });
    const { data } = recordSchema.parse((await door.lookAt(taskId)).body);
    const documented = Object.keys(JSON.parse(readFixture('apikley/record-success')).data);
    expect(Object.keys(data)).toEqual(expect.arrayContaining(documented));
  });

  it.each<[Task['state'], Failure['code'], string]>([
    ['failed', 'generation_failed', '501'],
    ['failed', 'content_rejected', '422'],
    ['failed', 'bad_image', '422'],
    ['failed', 'budget_exceeded', '402'],
    ['failed', 'provider_unavailable', '500'],
    ['failed', 'deadline_exceeded', '501'],
    ['canceled', 'canceled', '501'],
  ])('shows a task that is %s because of %s with the code %s', async (state, code, failCode) => {
    const failure = { code, message: 'It did not work', charged: 'no' } as const;
    const ended = { state, failure, completedAt: completed.completedAt, chargeMicroUsd: 0 };
    const task = await storeTask(api.tables, ended);

    expect((await door.lookAt(ids.toText(task.id))).body).toMatchObject({
      code: 200,
      data: {
        ...{ state: 'fail', resultJson: null, failCode, failMsg: 'It did not work', creditsConsumed: 0 },
        ...times,
      },
    });
  });

  it("reads a task of PiAPI's door, whose door reads one made here", async () => {
    const made = await door.order(text);
    const input = { model: 't2v-01', prompt: 'A lighthouse' };
    const json = { model: 'hailuo', task_type: 'video_generation', input };
    const other = await api.call({ method: 'POST', path: '/api/v1/task', json });
    const { data } = z.object({ data: z.object({ task_id: z.string() }) }).parse(other.body);

    const elsewhere = await api.call({ path: `/api/v1/task/${made.taskId}` });
    const here = await door.lookAt(data.task_id);

    expect(elsewhere.body).toMatchObject({ data: { status: 'pending', input: { prompt: 'Fog' } } });
    expect(here.body).toMatchObject({ data: { state: 'waiting', model: 'hailuo-01' } });
    expect(paramOf(here.body)).toMatchObject({ input: { prompt: 'A lighthouse' } });
  });
});
