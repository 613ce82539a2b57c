import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { secondsAfter } from '../../../shared/clock.ts';
import type { Delivery } from '../../../shared/domain/webhook.ts';
import { newShortId, toVideoId } from '../../../shared/ids.ts';
import {
  createDeliveryStore,
  type DeliveryStore,
  deliveryIdOf,
} from '../../../shared/storage/delivery-store.ts';
import { placeTestOrder } from '../../support/orders.ts';
import { type ServedApi, startApi, twoProviders } from '../../support/served-api.ts';

const pageSchema = z.object({
  data: z.array(z.looseObject({ id: z.string() })),
  has_more: z.boolean(),
  last_id: z.string().nullable(),
});
const path = '/v1/webhook_deliveries';

let api: ServedApi;
let store: DeliveryStore;
let key: string;
let account: string;
beforeAll(async () => {
  api = await startApi(twoProviders);
  store = createDeliveryStore({ client: api.tables.client, tableName: 'tasks' });
});
afterAll(() => api.close());
beforeEach(async () => {
  account = newShortId();
  key = (await api.tables.accounts.createKey(account, new Date())).text;
  api.started.length = 0;
});

const call = (method: string, at: string) =>
  api.call({ method, path: at, headers: { authorization: `Bearer ${key}` } });
const page = async (query = '') => pageSchema.parse((await call('GET', `${path}${query}`)).body);

async function put(number: number, overrides: Partial<Delivery> = {}): Promise<string> {
  const occurredAt = secondsAfter('2026-03-02T10:00:00.000Z', number);
  const id = deliveryIdOf(occurredAt, [account, `${number}`]);
  await store.put(account, {
    id,
    type: 'video.completed',
    receiver: { kind: 'order' },
    occurredAt,
    status: 'delivered',
    run: 1,
    attempts: 1,
    expireAtSeconds: 2_000_000_000,
    ...overrides,
  });
  return id;
}

describe('GET /v1/webhook_deliveries', () => {
  it('lists by pages, the newest first', async () => {
    const ids: string[] = [];
    for (let number = 0; number < 5; number += 1) ids.unshift(await put(number));

    const first = await page('?limit=2');
    const second = await page(`?limit=3&after=${first.last_id}`);

    expect(first).toMatchObject({ has_more: true, last_id: ids[1] });
    expect(second.has_more).toBe(false);
    expect([...first.data, ...second.data].map(({ id }) => id)).toEqual(ids);
  });

  it('shows how a delivery stands', async () => {
    const task = await placeTestOrder(api.tables, { account });
    const id = await put(0, {
      taskId: task.id,
      status: 'pending',
      receiver: { kind: 'endpoint', endpointId: 'we_1' },
      nextAttemptAt: '2026-03-02T10:00:05.000Z',
      lastAnswer: { at: '2026-03-02T10:00:00.000Z', status: 500, body: 'no', error: 'It answered 500' },
    });

    expect((await page()).data).toEqual([
      {
        id,
        object: 'webhook_delivery',
        type: 'video.completed',
        status: 'pending',
        endpoint_id: 'we_1',
        video_id: toVideoId(task.id),
        created_at: 1_772_445_600,
        attempts: 1,
        next_attempt_at: 1_772_445_605,
        last_answer: { at: 1_772_445_600, status: 500, body: 'no', error: 'It answered 500' },
        reason: null,
      },
    ]);
  });

  it('filters by video and status, and shows no other account what it has', async () => {
    const task = await placeTestOrder(api.tables, { account });
    const own = await put(1, { taskId: task.id, status: 'failed' });
    await put(2, { taskId: 'another' });
    await put(3, { status: 'failed' });

    const videoId = toVideoId(task.id);
    expect((await page(`?video_id=${videoId}`)).data).toMatchObject([{ id: own }]);
    expect((await page('?status=failed')).data).toHaveLength(2);
    expect((await page(`?status=pending&video_id=${videoId}`)).data).toEqual([]);
    const headers = { authorization: `Bearer ${api.keys.rival}` };
    expect((await api.call({ path, headers })).body).toMatchObject({ data: [] });
    expect((await api.call({ path: `${path}?video_id=${videoId}`, headers })).status).toBe(404);
  });

  it.each([
    ['?status=lost', 'status'],
    ['?after=video_1', 'after'],
    ['?limit=0', 'limit'],
    ['?page=2', 'page'],
  ])('refuses %s', async (query, param) => {
    expect(await call('GET', `${path}${query}`)).toMatchObject({
      status: 400,
      body: { code: 'invalid_query', param },
    });
  });

  it('puts no delivery among the tasks', async () => {
    await put(1);
    expect((await call('GET', '/v1/videos')).body).toMatchObject({ data: [] });
  });
});

describe('POST /v1/webhook_deliveries/{id}/replay', () => {
  it('starts the next run', async () => {
    const id = await put(1, { status: 'failed', run: 3, attempts: 10, reason: 'why' });

    const answer = await call('POST', `${path}/${id}/replay`);

    expect(answer).toMatchObject({ status: 200, body: { id, status: 'pending', attempts: 0, reason: null } });
    expect(api.started).toEqual([{ account, deliveryId: id, run: 4 }]);
  });

  it('starts the same run again when its answer was lost and it is asked for once more', async () => {
    const id = await put(1, { status: 'failed', run: 3, attempts: 10 });

    await call('POST', `${path}/${id}/replay`);
    await call('POST', `${path}/${id}/replay`);

    const next = { account, deliveryId: id, run: 4 };
    expect(api.started).toEqual([next, next]);
  });

  it.each(['msg_1', `msg_${'0'.repeat(36)}`])('does not find %s', async (id) => {
    expect((await call('POST', `${path}/${id}/replay`)).status).toBe(404);
  });

  it("does not find another account's delivery", async () => {
    const id = await put(1);
    const headers = { authorization: `Bearer ${api.keys.rival}` };
    expect((await api.call({ method: 'POST', path: `${path}/${id}/replay`, headers })).status).toBe(404);
    expect(api.started).toEqual([]);
  });
});
