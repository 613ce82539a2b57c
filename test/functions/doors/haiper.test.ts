import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { secondsAfter } from '../../../shared/clock.ts';
import type { Task } from '../../../shared/domain/task.ts';
import { haiper } from '../../../shared/providers/haiper/index.ts';
import { decimalId, readAnyId, uuidId } from '../../../shared/providers/id-forms.ts';
import { placeCompletedOrder } from '../../support/completed-task.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import { readFixture } from '../../support/read-fixture.ts';
import { type ServedApi, startApi } from '../../support/served-api.ts';
import { storeTask } from '../../support/stored-tasks.ts';
import { httpOf, withMedia } from './maas-calls.ts';

let api: ServedApi;
beforeAll(async () => {
  api = await startApi({ HAIPER_ENDPOINT_PATH: 'LPUqHEAjfonOmohV' });
});
afterAll(() => api.close());

const createdSchema = z.strictObject({ taskId: z.string().regex(/^\d{19}$/) });

async function order(action: string, json: unknown, endpointPath = 'haiper') {
  const path = `/v1/ai/${endpointPath}/video/${action}`;
  const { status, body } = await api.call({ method: 'POST', path, json });
  expect({ status, body }).toMatchObject({ status: 200 });
  const { taskId } = createdSchema.parse(body);
  const view = await api.tables.tasks.getTaskView(readAnyId(taskId) ?? '');
  if (view === undefined) throw new Error('The order was not accepted');
  return { ...view, taskId };
}

function lookAt(taskId: string, endpointPath = 'haiper') {
  return api.call({ path: `/v1/ai/${endpointPath}/video/tasks/${taskId}` });
}

const pending = { status: 'PENDING', mediaUrl: '', expireTime: 0, progress: 0 };
const prompts = {
  prompt: 'Generate a video of a sunset over the ocean.',
  negativePrompt: 'Avoid dark and gloomy scenes.',
};

describe("Haiper's door", () => {
  it.each([
    [
      'generate',
      '/600x400.png',
      { operation: 'i2v', seconds: 2 },
      { ...prompts, seed: 42, aspectRatio: '16:9', firstFrameImage: { kind: 'url' } },
    ],
    ['upscale', '/film.mp4', { operation: 'upscale' }, { sourceVideo: { kind: 'url' } }],
    [
      'extend',
      '/film.mp4',
      { operation: 'extend', seconds: 4 },
      { ...prompts, seed: 42, guidanceScale: 7.5, sourceVideo: { kind: 'url' } },
    ],
  ])("takes the document's example of %s", async (action, media, task, request) => {
    const json = withMedia(readFixture(`haiper/${action}-document-example`), `${api.webUrl}${media}`);

    for (const path of ['LPUqHEAjfonOmohV', 'haiper']) {
      const made = await order(action, json, path);

      expect(made.task).toMatchObject({ provider: 'haiper', ...task });
      expect(made.request).toMatchObject({ preferredProvider: 'haiper', ...request });
      expect((await lookAt(made.taskId, path)).body).toEqual(pending);
    }
  });

  it("takes the document's defaults where an order is silent, and blanks for nothing", async () => {
    const generated = await order('generate', {
      prompt: 'Fog',
      negativePrompt: ' ',
      config: { sourceImage: ' ' },
      settings: {},
    });
    const extended = await order('extend', { config: { sourceVideo: `${api.webUrl}/film.mp4` } });

    expect(generated.task).toMatchObject({ operation: 't2v', seconds: 2 });
    expect(generated.request.negativePrompt).toBeUndefined();
    expect(extended.task).toMatchObject({ operation: 'extend', seconds: 4 });
    expect(extended.request.guidanceScale).toBeUndefined();
  });

  it('ignores fields that the document does not have', async () => {
    const { request } = await order('generate', { prompt: 'Fog', model: 'x', settings: { fps: 24 } });

    expect(request).toMatchObject({ prompt: 'Fog' });
  });

  it.each(['upscale', 'extend'])('takes the video of a task by its id in any form to %s', async (action) => {
    const source = await placeCompletedOrder(api.tables);

    for (const sourceVideo of [decimalId.toText(source.id), uuidId.toText(source.id), `video_${source.id}`]) {
      const { request } = await order(action, { config: { sourceVideo } });
      expect(request.sourceVideo).toEqual({ kind: 'stored', key: `videos/${source.id}.mp4` });
    }
  });

  it('orders of our own adapter, whose provider is this gateway, and is found by it', async () => {
    const provider = haiper.load({ HAIPER_BASE_URL: 'https://conch.test', HAIPER_ENDPOINT_PATH: 'haiper' });
    const context = {
      apiKey: api.keys.acme,
      http: httpOf(api),
      clock: createManualClock(),
      signal: AbortSignal.timeout(20_000),
    };
    const outcome = await provider.submit(
      {
        ...{ nativeModel: 'haiper-extend', operation: 'extend', seconds: 2, guidanceScale: 3 },
        sourceVideoUrl: `${api.webUrl}/film.mp4`,
      },
      context,
    );

    if (outcome.kind !== 'accepted') throw new Error(`It was not accepted: ${JSON.stringify(outcome)}`);
    const view = await api.tables.tasks.getTaskView(readAnyId(outcome.job.id) ?? '');
    expect(view).toMatchObject({ task: { seconds: 2 }, request: { guidanceScale: 3 } });
    expect(await provider.check(outcome.job, context)).toEqual({ kind: 'queued' });
  });
});

const result = { key: 'videos/a.mp4', bytes: 8, sha256: 'f'.repeat(64) };
const completed = {
  state: 'completed',
  result,
  expiresAt: '2999-01-01T00:00:00.123Z',
} as const satisfies Partial<Task>;

describe("the states at Haiper's door", () => {
  it.each<[Task['state'], string]>([
    ['accepted', 'PENDING'],
    ['submitting', 'PENDING'],
    ['processing', 'IN_PROGRESS'],
    ['archiving', 'IN_PROGRESS'],
  ])('shows %s as %s', async (state, status) => {
    const task = await storeTask(api.tables, { state });

    expect((await lookAt(decimalId.toText(task.id))).body).toEqual({ ...pending, status });
  });

  it('shows the progress as a share of 1', async () => {
    const attempt = {
      ...{ number: 1, provider: 'piapi', nativeModel: 't2v-01', priceMicroUsd: 1, claimId: 'c' },
      claimedAt: '2026-03-02T10:00:00.000Z',
      outcomeAt: secondsAfter(new Date(), -3600),
    };
    const task = await storeTask(api.tables, { state: 'processing', attempts: [attempt] });

    expect((await lookAt(decimalId.toText(task.id))).body).toMatchObject({ progress: 0.99 });
  });

  it('shows a completed task with its time in milliseconds, in any form of its id', async () => {
    const task = await storeTask(api.tables, completed);

    for (const id of [decimalId.toText(task.id), uuidId.toText(task.id)])
      expect((await lookAt(id)).body).toEqual({
        status: 'SUCCESS',
        mediaUrl: `https://conch.test/v/${task.id}/${task.linkSecret}.mp4`,
        expireTime: 32_472_144_000_123,
        progress: 1,
      });
  });

  it('shows a task that failed with its reason', async () => {
    const failure = { code: 'generation_failed', message: 'It did not work', charged: 'no' } as const;
    const task = await storeTask(api.tables, { state: 'failed', failure });

    expect((await lookAt(decimalId.toText(task.id))).body).toEqual({
      ...pending,
      status: 'FAIL',
      message: 'It did not work',
    });
  });

  it("reads a task of PiAPI's door, whose door reads one made here", async () => {
    const made = await order('generate', { prompt: 'Fog' });
    const input = { model: 't2v-01', prompt: 'A lighthouse' };
    const json = { model: 'hailuo', task_type: 'video_generation', input };
    const other = await api.call({ method: 'POST', path: '/api/v1/task', json });
    const { data } = z.object({ data: z.object({ task_id: z.string() }) }).parse(other.body);

    const elsewhere = await api.call({ path: `/api/v1/task/${made.taskId}` });

    expect(elsewhere.body).toMatchObject({ data: { status: 'pending', input: { prompt: 'Fog' } } });
    expect((await lookAt(data.task_id)).body).toEqual(pending);
  });
});
