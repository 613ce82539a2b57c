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

const asleep = { sleptAt: '2026-03-02T10:00:00.000Z', sleepSeconds: 60 };

describe('GET /v1/videos/{id}', () => {
  it('shows a task that waits, with the time to ask again', async () => {
    const task = await placeTestOrder(api.tables);

    const { status, headers, body } = await api.call({ path: `/v1/videos/${toVideoId(task.id)}` });

    expect(status).toBe(200);
    expect(Number(headers['openai-poll-after-ms'])).toBeGreaterThanOrEqual(500);
    expect(body).toMatchObject({ id: toVideoId(task.id), status: 'queued', created_at: 1_772_445_600 });
  });

  it('shows the position of a task that waits for a place, and no next look', async () => {
    const earlier = await placeTestOrder(api.tables);
    const task = await placeTestOrder(api.tables, { now: new Date('2026-03-02T10:00:01.000Z') });
    const path = `/v1/videos/${toVideoId(task.id)}`;
    for (const arrival of [task, earlier]) await api.tables.queue.join(task.provider, arrival);
    await api.tables.tasks.amend(task.id, { set: { ...asleep, queuedAt: task.createdAt } });

    const second = await api.call({ path });
    await api.tables.queue.leave(task.provider, earlier);
    const first = await api.call({ path });

    expect(second.body).toMatchObject({ gateway: { queue_position: 2, next_look_at: null } });
    expect(first.body).toMatchObject({ gateway: { queue_position: 1 } });
  });

  it('shows the next look and no position of a task whose job is looked at', async () => {
    const { id } = await placeTestOrder(api.tables);
    await api.tables.tasks.transition(id, { from: ['accepted'], to: 'processing', set: asleep });

    expect(await api.call({ path: `/v1/videos/${toVideoId(id)}` })).toMatchObject({
      body: { gateway: { queue_position: null, next_look_at: '2026-03-02T10:01:00.000Z' } },
    });
  });

  it('shows no position of a task that waited until it failed', async () => {
    const { id, createdAt } = await placeTestOrder(api.tables);
    const set = { queuedAt: createdAt };
    await api.tables.tasks.transition(id, { from: ['accepted'], to: 'failed', set });

    expect(await api.call({ path: `/v1/videos/${toVideoId(id)}` })).toMatchObject({
      body: { status: 'failed', gateway: { queue_position: null } },
    });
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
