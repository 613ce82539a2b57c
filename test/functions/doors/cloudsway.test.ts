import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { Failure } from '../../../shared/domain/job-progress.ts';
import type { Task } from '../../../shared/domain/task.ts';
import { cloudsway } from '../../../shared/providers/cloudsway/index.ts';
import { decimalId, readAnyId, uuidId } from '../../../shared/providers/id-forms.ts';
import { createPng } from '../../support/images.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import { readFixture } from '../../support/read-fixture.ts';
import { type ServedApi, startApi } from '../../support/served-api.ts';
import { storeTask } from '../../support/stored-tasks.ts';
import { httpOf, withMedia } from './maas-calls.ts';

/** One path was bought for several models, one has two segments, one key is without a path. */
const paths = {
  t2v: 'LPUqHEAj',
  i2v: 'LPUqHEAj',
  s2v: 'LPUqHEAj',
  i2v_live: 'team/live',
  t2v_director: 'fonOmohV',
};

let api: ServedApi;
beforeAll(async () => {
  api = await startApi({ CLOUDSWAY_ENDPOINT_PATHS: JSON.stringify(paths) });
});
afterAll(() => api.close());

const createdSchema = z.strictObject({ taskId: z.string().regex(/^\d{19}$/) });

async function order(endpointPath: string, json: unknown, headers = {}) {
  const path = `/v1/ai/${endpointPath}/hailuo/video/generate`;
  const { status, body } = await api.call({ method: 'POST', path, json, headers });
  expect({ status, body }).toMatchObject({ status: 200 });
  const { taskId } = createdSchema.parse(body);
  const view = await api.tables.tasks.getTaskView(readAnyId(taskId) ?? '');
  if (view === undefined) throw new Error('The order was not accepted');
  return { ...view, taskId };
}

function lookAt(taskId: string, endpointPath = 't2v') {
  return api.call({ path: `/v1/ai/${endpointPath}/hailuo/video/task/${taskId}` });
}

const fileSchema = z.looseObject({ fileId: z.string(), mediaUrl: z.string() });

describe("Cloudsway's door", () => {
  it.each([
    ['i2v', 'create-i2v', 'hailuo-01', 'i2v'],
    ['t2v', 'create-t2v', 'hailuo-01', 't2v'],
    ['i2v_live', 'create-i2v_live', 'hailuo-01-live', 'i2v'],
    ['i2v_director', 'create-i2v_director', 'hailuo-01-director', 'i2v'],
    ['t2v_director', 'create-t2v_director', 'hailuo-01-director', 't2v'],
    ['s2v', 'create-s2v', 's2v-01', 's2v'],
  ])("takes the document's example of %s", async (key, fixture, model, operation) => {
    const json = withMedia(readFixture(`cloudsway/${fixture}`), api.imageUrl(600, 400));

    const { task, request, taskId } = await order(key, json);

    expect(task).toMatchObject({ model, operation });
    expect(request).toMatchObject({
      preferredProvider: 'cloudsway',
      door: { provider: 'cloudsway', echo: null },
    });
    const { file_id, base_resp, video_width, video_height, ...rest } = JSON.parse(
      readFixture('cloudsway/task-preparing'),
    );
    expect((await lookAt(taskId, key)).body).toEqual({
      ...{ ...rest, file_id, base_resp, video_width, video_height },
      ...{ taskId, task_id: taskId, fileId: '', videoWidth: 0, videoHeight: 0 },
    });
  });

  it.each([
    ['LPUqHEAj', { prompt: 'Sea' }, 'hailuo-01', 't2v'],
    ['LPUqHEAj', { firstFrameImage: 'IMAGE' }, 'hailuo-01', 'i2v'],
    ['LPUqHEAj', { type: 'character', image: 'IMAGE' }, 's2v-01', 's2v'],
    ['team/live', { firstFrameImage: 'IMAGE' }, 'hailuo-01-live', 'i2v'],
    ['fonOmohV', { prompt: 'Sea' }, 'hailuo-01-director', 't2v'],
  ])("finds the models of the operator's path %s, asked for %j", async (path, json, model, operation) => {
    const body = JSON.parse(JSON.stringify(json).replace('IMAGE', api.imageUrl(600, 400)));

    const { task, taskId } = await order(path, body);

    expect(task).toMatchObject({ model, operation });
    expect((await lookAt(taskId, path)).status).toBe(200);
  });

  it.each([
    ['camel case', { promptOptimizer: false, firstFrameImage: 'IMAGE' }],
    ['snake case', { prompt_optimizer: false, first_frame_image: 'IMAGE' }],
  ])('reads fields in %s', async (_, json) => {
    const imageUrl = api.imageUrl(600, 400);
    const { request } = await order('i2v', JSON.parse(JSON.stringify(json).replace('IMAGE', imageUrl)));

    expect(request).toMatchObject({ promptOptimizer: false, firstFrameImage: { url: imageUrl } });
  });

  it.each([
    [{ subjectReference: [{ type: 'character', image: ['IMAGE'] }] }],
    [{ subject_reference: [{ type: 'character', image: 'IMAGE' }] }],
    [{ type: 'character', image: 'IMAGE' }],
    [{ type: 'character', image: [' IMAGE '] }],
  ])('reads the subject of %j', async (json) => {
    const imageUrl = api.imageUrl(600, 400);
    const { request } = await order('s2v', JSON.parse(JSON.stringify(json).replace('IMAGE', imageUrl)));

    expect(request).toMatchObject({ subjectImage: { url: imageUrl } });
    expect(request.prompt).toBeUndefined();
  });

  it('takes a first frame with an order from text, as its table says', async () => {
    const { task } = await order('t2v', { prompt: 'Sea', firstFrameImage: api.imageUrl(600, 400) });

    expect(task).toMatchObject({ model: 'hailuo-01', operation: 'i2v' });
  });

  it('stores an image that comes in the order, and keeps its base64 out of the row', async () => {
    const base64 = createPng({ width: 600, height: 400 }).toString('base64');
    const { request } = await order('i2v', { firstFrameImage: `data:image/png;base64,${base64}` });

    expect(request.firstFrameImage).toMatchObject({ kind: 'stored', facts: { width: 600, height: 400 } });
    expect(JSON.stringify(request)).not.toContain(base64.slice(0, 40));
  });

  it('ignores fields that the document does not have', async () => {
    const { request } = await order('t2v', { prompt: 'Sea', model: 'T2V-01', colour: { deep: ['blue'] } });

    expect(request).toMatchObject({ model: 'hailuo-01', prompt: 'Sea' });
  });

  it("reads the director's camera moves as this API names them, and other models' prompts as they are", async () => {
    const prompt = 'Sea [Pan Left, Fixed], then [Push In]';

    const director = await order('t2v_director', { prompt });
    const plain = await order('t2v', { prompt });

    expect(director.request.prompt).toBe('Sea [Truck left, Static shot], then [Push In]');
    expect(plain.request.prompt).toBe(prompt);
  });

  it('lets a header choose who serves it', async () => {
    const { task } = await order('t2v', { prompt: 'Sea' }, { 'x-conch-provider': 'minimax' });

    expect(task.provider).toBe('minimax');
  });

  it('takes an order that comes twice with one Idempotency-Key for one', async () => {
    const headers = { 'idempotency-key': 'twice' };
    const json = {
      firstFrameImage: `data:image/png;base64,${createPng({ width: 600, height: 400 }).toString('base64')}`,
    };

    const ids = [await order('i2v', json, headers), await order('i2v', json, headers)].map(
      ({ taskId }) => taskId,
    );

    expect(ids[0]).toBe(ids[1]);
  });
});

const result = { key: 'videos/a.mp4', bytes: 8, sha256: 'f'.repeat(64), width: 1280, height: 720 };
const completed = {
  state: 'completed',
  result,
  completedAt: '2026-03-02T10:00:43.900Z',
  expiresAt: '2999-01-01T00:00:00.000Z',
} as const satisfies Partial<Task>;

const live = {
  fileId: '',
  videoWidth: 0,
  videoHeight: 0,
  base_resp: { status_code: 0, status_msg: 'success' },
};

describe("the states at Cloudsway's door", () => {
  it.each<[Task['state'], string]>([
    ['accepted', 'Preparing'],
    ['submitting', 'Preparing'],
    ['processing', 'Processing'],
    ['archiving', 'Processing'],
  ])('shows %s as %s', async (state, status) => {
    const task = await storeTask(api.tables, { state });

    const { body } = await lookAt(decimalId.toText(task.id));

    expect(body).toMatchObject({ ...live, status });
  });

  it.each<[Failure['code'], number]>([
    ['content_rejected', 1027],
    ['bad_image', 2013],
    ['face_not_found', 2013],
    ['generation_failed', 1000],
    ['deadline_exceeded', 1000],
    ['budget_exceeded', 1008],
  ])('shows a failure with %s by the code %d', async (code, status_code) => {
    const failure: Failure = { code, message: 'It did not work', charged: 'no' };
    const task = await storeTask(api.tables, { state: 'failed', failure });

    const { body } = await lookAt(decimalId.toText(task.id));

    expect(body).toMatchObject({
      ...live,
      status: 'Fail',
      base_resp: { status_code, status_msg: 'It did not work' },
    });
  });

  it('shows a completed task, and its video in a second step with times in seconds', async () => {
    const task = await storeTask(api.tables, completed);
    const taskId = decimalId.toText(task.id);

    const { body } = await lookAt(taskId);
    const { fileId } = z.object({ fileId: z.string().regex(/^\d{15}$/) }).parse(body);
    const files = await Promise.all(
      [`taskId=${taskId}&fileId=${fileId}`, `task_id=${uuidId.toText(task.id)}&file_id=${fileId}`].map(
        (query) => api.call({ path: `/v1/ai/t2v/hailuo/video/file?${query}` }),
      ),
    );

    expect(body).toEqual({
      ...{ taskId, task_id: taskId, status: 'Success', fileId, file_id: fileId },
      ...{ videoWidth: 1280, video_width: 1280, videoHeight: 720, video_height: 720 },
      base_resp: { status_code: 0, status_msg: 'success' },
    });
    for (const file of files)
      expect(file).toMatchObject({
        status: 200,
        body: {
          ...{ taskId, fileId, filename: 'output.mp4', purpose: 'video_generation' },
          createdAt: 1_772_445_643,
          expireTime: 32_472_144_000,
          mediaUrl: `https://conch.test/v/${task.id}/${task.linkSecret}.mp4`,
        },
      });
    const documented = Object.keys(JSON.parse(readFixture('cloudsway/file-document')));
    expect(Object.keys(fileSchema.parse(files[0]?.body))).toEqual(expect.arrayContaining(documented));
  });

  it('has no file of a task that is not completed, or that has another file', async () => {
    const other = await storeTask(api.tables, completed);
    const running = await storeTask(api.tables, { state: 'processing' });
    const done = await storeTask(api.tables, completed);
    const fileIdOf = async ({ id }: Task) =>
      z.object({ fileId: z.string() }).parse((await lookAt(decimalId.toText(id))).body).fileId;

    const ask = ({ id }: Task, fileId: string) =>
      api.call({ path: `/v1/ai/t2v/hailuo/video/file?taskId=${decimalId.toText(id)}&fileId=${fileId}` });

    const answers = await Promise.all([
      ask(running, '212345678901234'),
      ask(done, await fileIdOf(other)),
      ask(done, ''),
    ]);
    for (const answer of answers) expect(answer).toMatchObject({ status: 404, body: { code: '404' } });
  });
});

describe('a task of several doors', () => {
  it("is read through PiAPI's door in either form of its id, and through Cloudsway's the other way round", async () => {
    const made = await order('t2v', { prompt: 'A lighthouse' });
    const input = { model: 't2v-01', prompt: 'A lighthouse' };
    const json = { model: 'hailuo', task_type: 'video_generation', input };
    const other = await api.call({ method: 'POST', path: '/api/v1/task', json });
    const { data } = z.object({ data: z.object({ task_id: z.string() }) }).parse(other.body);

    const uuid = uuidId.toText(made.task.id);
    for (const id of [made.taskId, uuid, `video_${made.task.id}`]) {
      const { body } = await api.call({ path: `/api/v1/task/${id}` });
      expect(body).toMatchObject({
        data: { task_id: uuid, status: 'pending', input: { prompt: 'A lighthouse' } },
      });
    }
    const taskId = decimalId.toText(readAnyId(data.task_id) ?? '');
    for (const id of [taskId, data.task_id])
      expect((await lookAt(id)).body).toMatchObject({ taskId, status: 'Preparing' });
  });

  it('is ordered and found by our own adapter, whose provider is this gateway', async () => {
    const provider = cloudsway.load({
      CLOUDSWAY_BASE_URL: 'https://conch.test',
      CLOUDSWAY_ENDPOINT_PATHS: '{"t2v": "t2v"}',
    });
    const context = {
      apiKey: api.keys.acme,
      http: httpOf(api),
      clock: createManualClock(),
      signal: AbortSignal.timeout(20_000),
    };
    const request = { nativeModel: 'MaaS_HL_Video_t2v', operation: 't2v', prompt: 'Sea' } as const;

    const outcome = await provider.submit(request, context);
    const done = await storeTask(api.tables, completed);

    expect(outcome).toMatchObject({ kind: 'accepted', job: { route: 't2v' } });
    if (outcome.kind !== 'accepted') return;
    expect(await provider.check(outcome.job, context)).toEqual({ kind: 'queued' });
    expect(await provider.check({ id: decimalId.toText(done.id), route: 't2v' }, context)).toEqual({
      kind: 'succeeded',
      outputs: [{ url: expect.stringContaining(`/v/${done.id}/`), expiresAt: completed.expiresAt }],
    });
    expect(await provider.submit({ ...request, prompt: ' ' }, context)).toMatchObject({
      kind: 'refused',
      failure: { code: 'invalid_request' },
    });
  });
});
