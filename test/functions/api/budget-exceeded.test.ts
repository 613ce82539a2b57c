import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../shared/clock.ts';
import type { Budget } from '../../../shared/domain/budget.ts';
import { newShortId } from '../../../shared/ids.ts';
import { listCounters } from '../../../shared/storage/list-counters.ts';
import { counterNameOf } from '../../../shared/storage/money-counters.ts';
import { type ServedApi, startApi, twoProviders } from '../../support/served-api.ts';

let api: ServedApi;
let account: string;
beforeAll(async () => {
  api = await startApi(twoProviders);
});
afterAll(() => api.close());
beforeEach(() => {
  account = newShortId();
  api.started.length = 0;
});

const now = systemClock.now();
const json = { model: 'hailuo-01', prompt: 'A lighthouse at dusk', provider: 'piapi' };

/** Orders with a new key of the account. */
async function newBuyer(limit: Budget = {}) {
  const { text, keyId } = await api.tables.accounts.createKey(account, now, limit);
  const order = (headers: Record<string, string> = {}) => {
    const all = { authorization: `Bearer ${text}`, ...headers };
    return api.call({ method: 'POST', path: '/v1/videos', json, headers: all });
  };
  return { order, keyId };
}

describe('POST /v1/videos beyond a budget', () => {
  it('is 402, tells which budget and what is left, and starts nothing', async () => {
    await api.tables.accounts.createAccount(account, now, { monthlyMicroUsd: 300_000 });
    const { order } = await newBuyer();
    expect((await order()).status).toBe(200);

    const { status, headers, body } = await order();

    expect(status).toBe(402);
    expect(headers).toMatchObject({ 'content-type': 'application/problem+json', 'x-should-retry': 'false' });
    const month = now.toISOString().slice(0, 7);
    const detail = `The order costs 0.20 USD, and the account's monthly budget for ${month} (UTC) has 0.10 of 0.30 USD left`;
    expect(body).toMatchObject({
      type: 'urn:conch:error:budget_exceeded',
      status: 402,
      code: 'budget_exceeded',
      detail,
      error: { code: 'budget_exceeded', message: detail },
    });
    expect(api.started).toHaveLength(1);
  });

  it('accepts exactly as many of 20 parallel orders as the limit of their key has room for', async () => {
    const [limited, free] = [await newBuyer({ dailyMicroUsd: 3 * 200_000 }), await newBuyer()];

    const answers = await Promise.all(Array.from({ length: 20 }, () => limited.order()));

    expect(answers.filter(({ status }) => status === 200)).toHaveLength(3);
    expect(answers.filter(({ status }) => status === 402)).toHaveLength(17);
    expect(api.started).toHaveLength(3);
    expect((await free.order()).status).toBe(200);
  });

  it('answers a repeat of its Idempotency-Key with its task, whichever key of the account asks', async () => {
    const { order } = await newBuyer({ monthlyMicroUsd: 200_000 });
    const { order: orderByAnother } = await newBuyer({ monthlyMicroUsd: 0 });
    const first = await order({ 'idempotency-key': 'k' });

    const repeats = [
      await order({ 'idempotency-key': 'k' }),
      await orderByAnother({ 'idempotency-key': 'k' }),
    ];

    expect(repeats.map(({ body }) => body)).toEqual([first.body, first.body]);
    expect((await order()).status).toBe(402);
  });

  it('does not consume the Idempotency-Key', async () => {
    await api.tables.accounts.createAccount(account, now, { dailyMicroUsd: 0 });
    const { order } = await newBuyer();
    expect((await order({ 'idempotency-key': 'k' })).status).toBe(402);

    await api.tables.accounts.changeAccount(account, { daily: 'none' });

    expect((await order({ 'idempotency-key': 'k' })).status).toBe(200);
  });

  it('writes down which key placed an order', async () => {
    const { order, keyId } = await newBuyer();
    await order({ 'idempotency-key': 'k' });

    const page = await api.tables.tasks.listTaskViews({ account, limit: 10, order: 'asc' });

    expect(page.views.map(({ task }) => task.keyId)).toEqual([keyId]);
  });

  it('counts orders for a key that has limits, and for no other one', async () => {
    const [free, daily, monthly] = [
      await newBuyer(),
      await newBuyer({ dailyMicroUsd: 200_000 }),
      await newBuyer({ monthlyMicroUsd: 200_000 }),
    ];
    for (const { order } of [free, daily, monthly]) expect((await order()).status).toBe(200);

    const { client } = api.tables;
    const counters = await listCounters({ client, tableName: 'accounts' }, account);
    const counted = [...counters.keys()].map((sortKey) => counterNameOf(sortKey)?.keyId);
    expect(new Set(counted)).toEqual(new Set([undefined, daily.keyId, monthly.keyId]));
  });
});
