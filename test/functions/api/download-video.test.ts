import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { secondsAfter } from '../../../shared/clock.ts';
import { toVideoId } from '../../../shared/ids.ts';
import { film, linkOf, placeCompletedOrder } from '../../support/completed-task.ts';
import { placeArchivedEvidence } from '../../support/late-job.ts';
import { placeTestOrder } from '../../support/orders.ts';
import { type ServedApi, startApi } from '../../support/served-api.ts';

let api: ServedApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

describe('the content of a video', () => {
  it('is a redirect to the file, which serves ranges', async () => {
    const task = await placeCompletedOrder(api.tables);

    const answer = await api.call({ path: `/v1/videos/${toVideoId(task.id)}/content?variant=video` });

    expect(answer).toMatchObject({ status: 302, headers: { 'cache-control': 'no-store' } });
    const file = await fetch(answer.headers['location'] ?? '', { headers: { range: 'bytes=4-7' } });
    expect([file.status, await file.text()]).toEqual([206, 'film']);
  });

  it('is not ready before the task is completed, and a client need not insist', async () => {
    const task = await placeTestOrder(api.tables);

    const answer = await api.call({ path: `/v1/videos/${toVideoId(task.id)}/content` });

    expect(answer).toMatchObject({ status: 409, body: { code: 'video_not_ready' } });
    expect(answer.headers).toMatchObject({
      'x-should-retry': 'false',
      'x-request-id': 'request-1',
      'openai-poll-after-ms': expect.stringMatching(/^\d+$/),
    });
  });

  it('will never be ready after a failure, and nothing says when to ask again', async () => {
    const { id } = await placeTestOrder(api.tables);
    await api.tables.tasks.transition(id, { from: ['accepted'], to: 'failed', set: {} });

    const { status, headers } = await api.call({ path: `/v1/videos/${toVideoId(id)}/content` });

    expect(status).toBe(409);
    expect(headers).not.toHaveProperty('openai-poll-after-ms');
  });

  it('is not there for a failed video whose job showed up late, although its file is archived', async () => {
    const task = await placeArchivedEvidence(api.tables);

    const content = await api.call({ path: `/v1/videos/${toVideoId(task.id)}/content` });
    const link = await api.call({ path: linkOf(task) });

    expect([content.status, link.status]).toEqual([409, 404]);
  });

  it('has no other variant than the video', async () => {
    const answer = await api.call({ path: '/v1/videos/video_0000000000000000/content?variant=thumbnail' });

    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_query', param: 'variant' } });
  });

  it('is gone once it is expired', async () => {
    const expired = secondsAfter(new Date(), -1);
    const task = await placeCompletedOrder(api.tables, { expiresAt: expired });

    const content = await api.call({ path: `/v1/videos/${toVideoId(task.id)}/content` });
    const link = await api.call({ path: linkOf(task) });

    expect([content.status, link.status]).toEqual([404, 404]);
  });
});

describe('GET /v/{taskId}/{linkSecret}.mp4', () => {
  const keyless = { authorization: '' };

  it('redirects to the file without a key', async () => {
    const task = await placeCompletedOrder(api.tables);

    const { status, headers } = await api.call({ path: linkOf(task), headers: keyless });

    expect(status).toBe(302);
    expect(await (await fetch(headers['location'] ?? '')).text()).toBe(film);
  });

  it('is not found with a wrong secret, an unknown task or before the task is completed', async () => {
    const completed = await placeCompletedOrder(api.tables);
    const queued = await placeTestOrder(api.tables);
    const paths = [
      `/v/${completed.id}/wrong.mp4`,
      `/v/0000000000000000/${completed.linkSecret}.mp4`,
      '/v/0000000000000000/.mp4',
      linkOf(queued),
    ];

    const answers = await Promise.all(paths.map((path) => api.call({ path, headers: keyless })));

    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
  });

  it.each([
    ['longer than a key of the table may be', 'a'.repeat(3000)],
    ['of capitals', '0123456789ABCDEF'],
    ['with a broken escape', '%zz'],
  ])('is not found with a task id %s', async (_, taskId) => {
    const answer = await api.call({ path: `/v/${taskId}/secret.mp4`, headers: keyless });

    expect(answer).toMatchObject({ status: 404, body: { code: 'not_found' } });
  });
});
