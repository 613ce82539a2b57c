import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toVideoId } from '../../../shared/ids.ts';
import { linkOf, placeCompletedOrder } from '../../support/completed-task.ts';
import { placeTestOrder } from '../../support/orders.ts';
import { type ServedApi, startApi } from '../../support/served-api.ts';

let api: ServedApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

describe('GET /v1/videos/{id}', () => {
  it('shows a task that waits, with the time to ask again', async () => {
    const task = await placeTestOrder(api.tables);

    const { status, headers, body } = await api.call({ path: `/v1/videos/${toVideoId(task.id)}` });

    expect(status).toBe(200);
    expect(Number(headers['openai-poll-after-ms'])).toBeGreaterThanOrEqual(500);
    expect(body).toMatchObject({ id: toVideoId(task.id), status: 'queued', created_at: 1_772_445_600 });
  });

  it('shows a completed task with its keyless link, its charge and no time to ask again', async () => {
    const task = await placeCompletedOrder(api.tables);

    const { headers, body } = await api.call({ path: `/v1/videos/${toVideoId(task.id)}` });

    expect(headers).not.toHaveProperty('openai-poll-after-ms');
    expect(body).toMatchObject({
      status: 'completed',
      progress: 100,
      completed_at: 1_772_445_720,
      gateway: {
        cost: { estimated: '0.20', charged: '0.20' },
        result: { url: `https://conch.test${linkOf(task)}`, bytes: 8, duration_seconds: 6 },
      },
    });
  });

  it.each(['', '/content'])("does not find another account's video%s", async (suffix) => {
    const task = await placeCompletedOrder(api.tables, { account: 'rival' });

    const { status, body } = await api.call({ path: `/v1/videos/${toVideoId(task.id)}${suffix}` });

    expect(status).toBe(404);
    expect(body).toMatchObject({ code: 'not_found', error: { type: 'invalid_request_error' } });
  });

  it.each(['video_0000000000000000', 'nonsense'])('does not find %s', async (id) => {
    expect(await api.call({ path: `/v1/videos/${id}` })).toMatchObject({ status: 404 });
  });
});
