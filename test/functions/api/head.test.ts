import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toVideoId } from '../../../shared/ids.ts';
import { film, linkOf, placeCompletedOrder } from '../../support/completed-task.ts';
import { placeTestOrder } from '../../support/orders.ts';
import { type ServedApi, startApi } from '../../support/served-api.ts';

let api: ServedApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

describe('HEAD', () => {
  it.each(['/health', '/v1/videos', '/v1/models', '/v1/videos/video_0000000000000000', '/v1/videos?limit=0'])(
    'on %s is answered as GET, with what its length is taken from',
    async (path) => {
      const [head, get] = await Promise.all([api.call({ method: 'HEAD', path }), api.call({ path })]);

      expect(head).toEqual(get);
    },
  );

  it('on a video is answered as GET, with the time of the next look', async () => {
    const path = `/v1/videos/${toVideoId((await placeTestOrder(api.tables)).id)}`;

    const { status, headers } = await api.call({ method: 'HEAD', path });

    expect(status).toBe(200);
    expect(headers).toHaveProperty('openai-poll-after-ms');
  });

  it('needs a key where GET needs one', async () => {
    const answer = await api.call({ method: 'HEAD', path: '/v1/models', headers: { authorization: '' } });

    expect(answer.status).toBe(401);
  });

  it.each([
    ['the content', (task: Parameters<typeof linkOf>[0]) => `/v1/videos/${toVideoId(task.id)}/content`],
    ['the keyless link', linkOf],
  ])('on %s of a video leads to the size of the file', async (_, toPath) => {
    const task = await placeCompletedOrder(api.tables);

    const { status, headers } = await api.call({ method: 'HEAD', path: toPath(task) });
    const file = await fetch(headers['location'] ?? '', { method: 'HEAD' });

    expect([status, file.status, file.headers.get('content-length')]).toEqual([302, 200, `${film.length}`]);
  });

  it('is not found where there is no GET', async () => {
    expect(await api.call({ method: 'HEAD', path: '/v1/uploads' })).toMatchObject({ status: 404 });
  });
});
