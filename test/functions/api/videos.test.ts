import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { secondsAfter } from '../../../shared/clock.ts';
import type { Task } from '../../../shared/domain/task.ts';
import { toVideoId } from '../../../shared/ids.ts';
import { createS3Client, videoKey } from '../../../shared/storage/media-store.ts';
import { placeTestOrder } from '../../support/orders.ts';
import { type ServedApi, startApi } from '../../support/served-api.ts';

let api: ServedApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const film = 'the film';
const result = {
  key: 'videos/x.mp4',
  bytes: 8,
  sha256: 'f'.repeat(64),
  width: 1280,
  height: 720,
  durationSeconds: 6,
};

async function completeTask(task: Task, expiresAt = secondsAfter(new Date(), 60)): Promise<Task> {
  const completedAt = secondsAfter(task.createdAt, 120);
  const set = { result, chargeMicroUsd: 200_000, completedAt, expiresAt };
  const written = await api.tables.tasks.transition(task.id, { from: ['accepted'], to: 'completed', set });
  if (written === 'stale') throw new Error('The task was not completed');
  const client = createS3Client();
  await client.send(new PutObjectCommand({ Bucket: 'media', Key: videoKey(task.id), Body: film }));
  client.destroy();
  return written;
}

const linkOf = (task: Task) => `/v/${task.id}/${task.linkSecret}.mp4`;

describe('GET /v1/videos/{id}', () => {
  it('shows a task that waits, with the time to ask again', async () => {
    const task = await placeTestOrder(api.tables);

    const { status, headers, body } = await api.call({ path: `/v1/videos/${toVideoId(task.id)}` });

    expect(status).toBe(200);
    expect(Number(headers['openai-poll-after-ms'])).toBeGreaterThanOrEqual(500);
    expect(body).toMatchObject({ id: toVideoId(task.id), status: 'queued', created_at: 1_772_445_600 });
  });

  it('shows a completed task with its keyless link, its charge and no time to ask again', async () => {
    const task = await completeTask(await placeTestOrder(api.tables));

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
    const task = await completeTask(await placeTestOrder(api.tables, { account: 'rival' }));

    const { status, body } = await api.call({ path: `/v1/videos/${toVideoId(task.id)}${suffix}` });

    expect(status).toBe(404);
    expect(body).toMatchObject({ code: 'not_found', error: { type: 'invalid_request_error' } });
  });

  it.each(['video_0000000000000000', 'nonsense'])('does not find %s', async (id) => {
    expect(await api.call({ path: `/v1/videos/${id}` })).toMatchObject({ status: 404 });
  });
});

describe('the content of a video', () => {
  it('is a redirect to the file, which serves ranges', async () => {
    const task = await completeTask(await placeTestOrder(api.tables));

    const answer = await api.call({ path: `/v1/videos/${toVideoId(task.id)}/content?variant=video` });

    expect(answer).toMatchObject({ status: 302, headers: { 'cache-control': 'no-store' } });
    const file = await fetch(answer.headers['location'] ?? '', { headers: { range: 'bytes=4-7' } });
    expect([file.status, await file.text()]).toEqual([206, 'film']);
  });

  it('is not ready before the task is completed, and a client need not insist', async () => {
    const task = await placeTestOrder(api.tables);

    const answer = await api.call({ path: `/v1/videos/${toVideoId(task.id)}/content` });

    expect(answer).toMatchObject({ status: 409, body: { code: 'video_not_ready' } });
    expect(answer.headers).toMatchObject({ 'x-should-retry': 'false' });
  });

  it('has no other variant than the video', async () => {
    const answer = await api.call({ path: '/v1/videos/video_0000000000000000/content?variant=thumbnail' });

    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_query', param: 'variant' } });
  });

  it('is gone once it is expired', async () => {
    const expired = secondsAfter(new Date(), -1);
    const task = await completeTask(await placeTestOrder(api.tables), expired);

    const content = await api.call({ path: `/v1/videos/${toVideoId(task.id)}/content` });
    const link = await api.call({ path: linkOf(task) });

    expect([content.status, link.status]).toEqual([404, 404]);
  });
});

describe('GET /v/{taskId}/{linkSecret}.mp4', () => {
  const keyless = { authorization: '' };

  it('redirects to the file without a key', async () => {
    const task = await completeTask(await placeTestOrder(api.tables));

    const { status, headers } = await api.call({ path: linkOf(task), headers: keyless });

    expect(status).toBe(302);
    expect(await (await fetch(headers['location'] ?? '')).text()).toBe(film);
  });

  it('is not found with a wrong secret, an unknown task or before the task is completed', async () => {
    const [completed, queued] = [await placeTestOrder(api.tables), await placeTestOrder(api.tables)];
    await completeTask(completed);
    const paths = [
      `/v/${completed.id}/wrong.mp4`,
      `/v/0000000000000000/${completed.linkSecret}.mp4`,
      '/v/0000000000000000/.mp4',
      linkOf(queued),
    ];

    const answers = await Promise.all(paths.map((path) => api.call({ path, headers: keyless })));

    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
  });
});

describe('GET /v1/videos', () => {
  const listSchema = z.object({
    data: z.array(z.object({ id: z.string() })),
    has_more: z.boolean(),
    first_id: z.string().nullable(),
    last_id: z.string().nullable(),
  });
  const list = async (key: string, query = '') => {
    const { body } = await api.call({
      path: `/v1/videos${query}`,
      headers: { authorization: `Bearer ${key}` },
    });
    const { data, ...page } = listSchema.parse(body);
    return { ...page, ids: data.map(({ id }) => id) };
  };
  const fillAccount = async (account: string) => {
    const key = (await api.tables.accounts.createKey(account, new Date())).text;
    const ids: string[] = [];
    for (const second of [1, 2, 3]) {
      const now = new Date(`2026-03-02T10:00:0${second}.000Z`);
      ids.push(toVideoId((await placeTestOrder(api.tables, { account, now })).id));
    }
    return { key, ids };
  };

  it('pages through the account from the newest on', async () => {
    const { key, ids } = await fillAccount('pager');
    const [oldest, middle, newest] = ids;

    const first = await list(key, '?limit=2');
    const second = await list(key, `?limit=2&after=${first.last_id}`);

    expect(first).toEqual({ ids: [newest, middle], has_more: true, first_id: newest, last_id: middle });
    expect(second).toEqual({ ids: [oldest], has_more: false, first_id: oldest, last_id: oldest });
  });

  it('begins with the oldest on request', async () => {
    const { key, ids } = await fillAccount('historian');

    expect((await list(key, '?order=asc')).ids).toEqual(ids);
  });

  it('is empty for an account without tasks', async () => {
    const { text } = await api.tables.accounts.createKey('newcomer', new Date());

    expect(await list(text)).toEqual({ ids: [], has_more: false, first_id: null, last_id: null });
  });

  it.each([
    ['limit', '?limit=0'],
    ['limit', '?limit=101'],
    ['limit', '?limit=many'],
    ['order', '?order=up'],
    ['after', '?after=video_0000000000000000'],
  ])('refuses a wrong %s in %s', async (param, query) => {
    const answer = await api.call({ path: `/v1/videos${query}` });

    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_query', param } });
  });
});

describe('keys', () => {
  it.each(['/v1/videos', '/v1/models', '/v1/videos/video_0000000000000000'])(
    'are needed for %s',
    async (path) => {
      const answer = await api.call({ path, headers: { authorization: '' } });

      expect(answer).toMatchObject({ status: 401, body: { error: { type: 'authentication_error' } } });
      expect(answer.headers).toMatchObject({ 'www-authenticate': 'Bearer realm="conch"' });
      expect(answer.body).toMatchObject({ code: 'missing_key' });
    },
  );

  it('are refused when they are wrong or revoked', async () => {
    const { text, keyId } = await api.tables.accounts.createKey('acme', new Date());
    await api.tables.accounts.revokeKey('acme', keyId, new Date());

    for (const key of [text, 'conch_wrong']) {
      const answer = await api.call({ path: '/v1/models', headers: { authorization: `Bearer ${key}` } });
      expect(answer).toMatchObject({ status: 401, body: { code: 'invalid_key' } });
      expect(JSON.stringify(answer)).not.toContain(key);
    }
  });

  it('may come as x-api-key', async () => {
    const headers = { authorization: '', 'x-api-key': api.keys.acme };

    expect(await api.call({ path: '/v1/models', headers })).toMatchObject({ status: 200 });
  });
});

describe('the other routes', () => {
  it('list the models with their offers, limits and prices', async () => {
    const { body } = await api.call({ path: '/v1/models' });

    const model = expect.objectContaining({
      id: 'hailuo-01',
      object: 'model',
      gateway: {
        aliases: expect.arrayContaining(['t2v-01', 'MaaS_HL_Video_t2v']),
        offers: expect.arrayContaining([
          expect.objectContaining({
            provider: 'piapi',
            operation: 'i2v',
            prices: [{ seconds: 6, resolution: '720P', size: '1280x720', usd: '0.20', assumed: false }],
            typical_seconds: 180,
            callback: true,
          }),
        ]),
      },
    });
    expect(body).toMatchObject({ object: 'list', data: expect.arrayContaining([model]) });
  });

  it('answer /health without a key', async () => {
    const answer = await api.call({ path: '/health', headers: { authorization: '' } });

    expect(answer).toMatchObject({ status: 200, body: { status: 'ok' } });
  });

  it.each([
    ['DELETE', '/v1/videos'],
    ['GET', '/v2/videos'],
    ['POST', '/health'],
  ])('do not include %s %s', async (method, path) => {
    expect(await api.call({ method, path })).toMatchObject({ status: 404, body: { code: 'not_found' } });
  });

  it.each([
    [{ content_type: 'image/gif' }, 'content_type', 'wrong_type'],
    [{ bytes: 30_000_000 }, 'bytes', 'image_size'],
    [{ colour: 'red' }, 'colour', 'unknown_field'],
    [5, 'body', 'wrong_type'],
  ])('refuse the upload %j', async (json, param, code) => {
    const answer = await api.call({ method: 'POST', path: '/v1/uploads', json });

    expect(answer).toMatchObject({ status: 422, body: { errors: [{ param, code }] } });
  });
});
