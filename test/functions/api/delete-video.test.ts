import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { Task } from '../../../shared/domain/task.ts';
import { newShortId, toVideoId } from '../../../shared/ids.ts';
import { resolveTask } from '../../../shared/ledger/resolve.ts';
import { settleTask } from '../../../shared/ledger/settle.ts';
import { uuidId } from '../../../shared/providers/id-forms.ts';
import { videoKey } from '../../../shared/storage/media-store.ts';
import { linkOf, placeCompletedOrder } from '../../support/completed-task.ts';
import { placeTestOrder } from '../../support/orders.ts';
import { type ServedApi, startApi, twoProviders } from '../../support/served-api.ts';
import { placeSubmitUnknown } from '../../support/submit-unknown.ts';

let api: ServedApi;
let account: string;
let key: string;
beforeAll(async () => {
  api = await startApi(twoProviders);
});
afterAll(() => api.close());
beforeEach(async () => {
  account = newShortId();
  key = (await api.tables.accounts.createKey(account, new Date())).text;
});

const call = (method: string, path: string, json?: unknown, headers: Record<string, string> = {}) =>
  api.call({
    method,
    path,
    headers: { authorization: `Bearer ${key}`, ...headers },
    ...(json !== undefined && { json }),
  });
const remove = ({ id }: Task) => call('DELETE', `/v1/videos/${toVideoId(id)}`);
const readObject = async (objectKey: string) => {
  const bytes = await api.media.getBytes(objectKey, { maxBytes: 99_999 });
  return bytes && Buffer.from(bytes).toString();
};
const idOf = (body: unknown) => z.object({ id: z.string() }).parse(body).id;

describe('DELETE /v1/videos/{id}', () => {
  it('answers as OpenAI does, and removes the file and what was ordered, but not what reports need', async () => {
    const image = {
      kind: 'url',
      url: 'https://a.test/b.png',
      facts: { format: 'png', bytes: 9, width: 640, height: 480 },
    } as const;
    const request = {
      negativePrompt: 'Rain',
      firstFrameImage: image,
      lastFrameImage: image,
      subjectImage: image,
      sourceVideo: { kind: 'url', url: 'https://a.test/b.mp4' } as const,
      metadata: { shot: '7' },
      door: { provider: 'piapi', echo: { input: { prompt: 'A lighthouse' } } },
      webhook: { url: 'https://hooks.example.com/of-a-customer', secret: 'shh', dialect: 'piapi' },
    };
    const task = await placeCompletedOrder(api.tables, { account, request });

    const answer = await remove(task);

    const id = toVideoId(task.id);
    expect(answer).toMatchObject({ status: 200, body: { id, object: 'video.deleted', deleted: true } });
    expect(await readObject(videoKey(task.id))).toBeUndefined();
    expect(await api.tables.tasks.getTaskView(task.id)).toMatchObject({
      task: { state: 'completed', chargeMicroUsd: 200_000, deletedAt: expect.any(String), followUps: [] },
      request: { model: 'hailuo-01', metadata: { shot: '7' } },
    });
    const { request: left } = (await api.tables.tasks.getTaskView(task.id)) ?? {};
    expect(Object.keys(left ?? {}).toSorted()).toEqual(['metadata', 'model']);
  });

  it('answers with our id, in the form of whichever API it was asked for', async () => {
    const task = await placeCompletedOrder(api.tables, { account });

    const answer = await call('DELETE', `/v1/videos/${uuidId.toText(task.id)}`);

    expect(answer).toMatchObject({ status: 200, body: { id: toVideoId(task.id) } });
  });

  it('is not found by its customer any more, in any way', async () => {
    const task = await placeCompletedOrder(api.tables, { account });
    const id = toVideoId(task.id);
    await remove(task);

    const paths = [id, `${id}?wait=1`, `${id}/content`, `${id}/events`].map((path) => `/v1/videos/${path}`);
    for (const path of [...paths, linkOf(task)]) {
      expect(await call('GET', path)).toMatchObject({ status: 404, body: { code: 'not_found' } });
    }
  });

  it('answers the same when it is repeated', async () => {
    const task = await placeCompletedOrder(api.tables, { account });

    const [first, ...others] = await Promise.all([remove(task), remove(task), remove(task)]);
    const deletedAt = (await api.tables.tasks.getTask(task.id))?.deletedAt;
    const again = await remove(task);

    expect(first.status).toBe(200);
    for (const other of [...others, again]) expect([other.status, other.body]).toEqual([200, first.body]);
    expect((await api.tables.tasks.getTask(task.id))?.deletedAt).toBe(deletedAt);
  });

  it('does not find the video of another account, and leaves it alone', async () => {
    const task = await placeCompletedOrder(api.tables, { account: 'rival' });

    expect(await remove(task)).toMatchObject({ status: 404, body: { code: 'not_found' } });
    expect(await readObject(videoKey(task.id))).toBeDefined();
    expect(await call('DELETE', '/v1/videos/nonsense')).toMatchObject({ status: 404 });
  });

  it('refuses a video that goes on, and says how to end it', async () => {
    const task = await placeTestOrder(api.tables, { account });

    const answer = await remove(task);

    expect(answer).toMatchObject({ status: 409, headers: { 'x-should-retry': 'false' } });
    expect(answer.body).toMatchObject({
      code: 'video_not_ended',
      detail: expect.stringMatching(/ is accepted; .*POST \/v1\/videos\/video_[0-9a-f]+\/cancel/),
    });
    expect(await api.tables.tasks.getTask(task.id)).toEqual(task);
  });

  it('keeps a video whose hold a person must review, until that is done', async () => {
    const task = await placeSubmitUnknown(api.tables, { account });

    const refused = await remove(task);
    await resolveTask(task, { resolution: 'released', now: new Date() }, api.tables.ledger);
    const answer = await remove(task);

    const detail = expect.stringMatching(/nobody knows yet whether .*\. Its hold is reviewed$/);
    expect(refused).toMatchObject({ status: 409, body: { code: 'video_in_review', detail } });
    expect(refused.headers).toMatchObject({ 'x-should-retry': 'false' });
    expect(answer).toMatchObject({ status: 200 });
  });

  it('keeps a video while a job that showed up late is looked into', async () => {
    const task = await placeSubmitUnknown(api.tables, { account });
    await resolveTask(task, { resolution: 'captured', now: new Date() }, api.tables.ledger);
    await api.tables.tasks.amendTerminal(task.id, { set: { followUps: ['evidence'] } });

    expect(await remove(task)).toMatchObject({
      status: 409,
      body: {
        code: 'video_in_review',
        detail: expect.stringMatching(/its job showed up late, and is being looked into\. Try again/),
      },
    });
  });
});

describe('what was delivered to the outbox', () => {
  const answers = ['cat.mp4', 'cat.result.json', 'cat.error.json'].map((name) => `outbox/${name}`);
  const keyOf = (answer: string) => answer.replace('outbox/', `outbox/${account}/`);
  const deliver = (answer: string, taskId: string) =>
    api.media.putObject(keyOf(answer), `by ${taskId}`, { contentType: 'video/mp4', taskId });

  it('goes with the video that it was made of', async () => {
    const task = await placeCompletedOrder(api.tables, { account, outboxName: 'cat' });
    for (const answer of answers) await deliver(answer, task.id);

    await remove(task);

    for (const answer of answers) expect(await readObject(keyOf(answer))).toBeUndefined();
  });

  it('stays where a later order of that name wrote it, or nobody knows who did', async () => {
    const task = await placeCompletedOrder(api.tables, { account, outboxName: 'cat' });
    await deliver('outbox/cat.mp4', task.id);
    await deliver('outbox/cat.result.json', '0de0b6b3a7640000');
    await api.media.putObject(keyOf('outbox/cat.error.json'), 'a refusal', 'application/json');

    await remove(task);

    expect(await readObject(keyOf('outbox/cat.mp4'))).toBeUndefined();
    expect(await readObject(keyOf('outbox/cat.result.json'))).toBe('by 0de0b6b3a7640000');
    expect(await readObject(keyOf('outbox/cat.error.json'))).toBe('a refusal');
  });
});

describe('after a deletion', () => {
  it('lists leave the video out, page rightly, and take its id as a cursor', async () => {
    const tasks: Task[] = [];
    for (const second of [1, 2, 3, 4, 5]) {
      const now = new Date(`2026-03-02T10:00:0${second}.000Z`);
      tasks.push(await placeCompletedOrder(api.tables, { account, now }));
    }
    const ids = tasks.map(({ id }) => toVideoId(id));
    for (const index of [1, 2]) await remove(tasks[index] ?? never());

    const pageSchema = z.object({ data: z.array(z.object({ id: z.string() })), has_more: z.boolean() });
    const list = async (query: string) => {
      const { data, has_more } = pageSchema.parse((await call('GET', `/v1/videos?${query}`)).body);
      return [data.map(({ id }) => id), has_more];
    };

    expect(await list('order=asc')).toEqual([[ids[0], ids[3], ids[4]], false]);
    expect(await list('order=asc&limit=2')).toEqual([[ids[0], ids[3]], true]);
    expect(await list(`order=asc&limit=1&after=${ids[0]}`)).toEqual([[ids[3]], true]);
    expect(await list(`order=asc&after=${ids[2]}`)).toEqual([[ids[3], ids[4]], false]);
    expect(await list('limit=2')).toEqual([[ids[4], ids[3]], true]);
    expect(await list('status=completed&order=asc')).toEqual([[ids[0], ids[3], ids[4]], false]);
  });

  it.each(['day', 'provider', 'model', 'key', 'metadata.shot'])(
    'usage by %s adds up as before',
    async (by) => {
      const now = new Date('2026-03-02T10:00:00.000Z');
      const order = { account, now, keyId: 'key_1', request: { metadata: { shot: '7' } } };
      const task = await placeCompletedOrder(api.tables, order);
      await placeCompletedOrder(api.tables, { account, now });
      const usage = async () =>
        (await call('GET', `/v1/usage?from=2026-03-01&to=2026-04-01&group_by=${by}`)).body;
      const before = await usage();

      await remove(task);

      expect(before).toMatchObject({ total: { charged: '0.40', tasks: 2 } });
      expect(await usage()).toEqual(before);
    },
  );

  const idempotencyKey = { 'idempotency-key': 'order-1' };
  const repeat = { 'x-stainless-retry-count': '1' };
  it.each([
    ['under its Idempotency-Key', idempotencyKey, idempotencyKey],
    ['counted by its client', {}, repeat],
  ])('an order that is repeated %s is the same video, deleted, and buys nothing', async (_, first, again) => {
    const order = { prompt: 'A lighthouse at dusk', metadata: { shot: '7' } };
    const placed = await call('POST', '/v1/videos', order, first);
    const task = (await api.tables.tasks.getTask(idOf(placed.body).slice('video_'.length))) ?? never();
    const result = { key: videoKey(task.id), bytes: 8, sha256: 'f'.repeat(64) };
    await settleTask({ ...task, state: 'archiving', result }, new Date(), api.tables.ledger);
    await api.tables.tasks.amendTerminal(task.id, { set: { result } });
    await remove(task);
    const started = api.started.length;

    const repeated = await call('POST', '/v1/videos', order, again);

    expect(repeated).toMatchObject({
      status: 200,
      body: {
        id: toVideoId(task.id),
        status: 'completed',
        prompt: null,
        metadata: { shot: '7' },
        gateway: { deleted: true, result: null, cost: { charged: expect.any(String) } },
      },
    });
    expect(api.started).toHaveLength(started);
  });
});

function never(): never {
  throw new Error('There is none');
}
