import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toVideoId } from '../../../shared/ids.ts';
import { placeCompletedOrder } from '../../support/completed-task.ts';
import { type ServedApi, startApi } from '../../support/served-api.ts';

let api: ServedApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const call = (id: string) => api.call({ path: `/v1/videos/${id}/events` });

describe('GET /v1/videos/{id}/events', () => {
  it('lists what happened to a video, in order', async () => {
    const { id, createdAt } = await placeCompletedOrder(api.tables);

    const { status, body } = await call(toVideoId(id));

    const completedAt = '2026-03-02T10:02:00.000Z';
    expect(status).toBe(200);
    expect(body).toEqual({
      object: 'list',
      data: [
        { type: 'accepted', at: createdAt },
        { type: 'completed', at: completedAt },
        { type: 'settled', at: completedAt, hold: 'captured', held: '0.20', charged: '0.20' },
      ],
    });
  });

  it("does not find another account's video, nor one that is none", async () => {
    const theirs = await placeCompletedOrder(api.tables, { account: 'rival' });

    for (const id of [toVideoId(theirs.id), 'video_0000000000000000', 'nonsense'])
      expect(await call(id)).toMatchObject({ status: 404, body: { code: 'not_found' } });
  });
});
