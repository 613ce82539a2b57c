import { TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Budget } from '../../../shared/domain/budget.ts';
import type { Failure } from '../../../shared/domain/job-progress.ts';
import type { Task } from '../../../shared/domain/task.ts';
import { newShortId } from '../../../shared/ids.ts';
import { acceptTask, type LedgerTables } from '../../../shared/ledger/accept.ts';
import { settleTask } from '../../../shared/ledger/settle.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import { everyDeath, mortalLedger, untilKilled } from '../../support/mortal.ts';
import {
  anOrder,
  countKinds,
  type OrderOverrides,
  placeTestOrder,
  readCounters,
  readMonth,
} from '../../support/orders.ts';
import { startTables, type Tables } from '../../support/tables.ts';

/** What each order of these tests costs. */
const price = 200_000;
const now = new Date('2026-03-02T10:00:00.000Z');
const result = { key: 'videos/x.mp4', bytes: 9, sha256: 'f' };
const refusal: Failure = { code: 'content_rejected', message: 'Refused', charged: 'no' };

let tables: Tables;
let account: string;
beforeAll(async () => {
  tables = await startTables();
});
afterAll(() => tables.close());
beforeEach(() => {
  account = newShortId();
});

const open = (budget: Budget) => tables.accounts.createAccount(account, now, budget);
const order = (overrides: OrderOverrides = {}) =>
  acceptTask(anOrder({ account, ...overrides }), tables.ledger);
const capture = (task: Task) => settleTask({ ...task, state: 'archiving', result }, now, tables.ledger);
const release = (task: Task) => settleTask({ ...task, failure: refusal }, now, tables.ledger);

/** The ledger of a worker that has read the counters when something else happens. */
function interrupted(meanwhile: () => Promise<void>): LedgerTables {
  const { client } = tables.ledger;
  const plainSend = client.send.bind(client);
  let isOver = false;
  const send = async (...input: Parameters<typeof plainSend>) => {
    const isFirst = !isOver && input[0] instanceof TransactWriteItemsCommand;
    if (isFirst) {
      isOver = true;
      await meanwhile();
    }
    return plainSend(...input);
  };
  return { ...tables.ledger, client: Object.create(client, { send: { value: send } }) };
}

describe('a budget', () => {
  it.each([
    ['a month', { monthlyMicroUsd: 7 * price }],
    ['a day', { dailyMicroUsd: 7 * price }],
    ['a month, a bit more than seven cost', { monthlyMicroUsd: 8 * price - 1, dailyMicroUsd: 50 * price }],
  ])('for seven orders in %s accepts exactly seven of 50 at once', async (_, budget) => {
    await open(budget);

    const kinds = await countKinds(Array.from({ length: 50 }, () => order()));

    expect(kinds).toEqual({ accepted: 7, no_budget: 43 });
    expect(await readMonth(tables, account)).toEqual({ committedMicroUsd: 7 * price, spentMicroUsd: 0 });
  });

  it('is never overdrawn, and used up, while orders are charged and released at the same time', async () => {
    await open({ monthlyMicroUsd: 12 * price });
    const endings = [capture, release];
    const orders = Array.from({ length: 60 }, async (_, number) => {
      const outcome = await order();
      if (outcome.kind === 'accepted') await endings[number % 2]?.(outcome.task);
    });
    await Promise.all(orders);

    const before = await readMonth(tables, account);
    expect(before.committedMicroUsd).toBe(0);
    expect(before.spentMicroUsd).toBeLessThanOrEqual(12 * price);
    const left = 12 - before.spentMicroUsd / price;
    const kinds = await countKinds(Array.from({ length: 15 }, () => order()));
    expect(kinds['accepted'] ?? 0).toBe(left);
    expect(await readMonth(tables, account)).toMatchObject({ committedMicroUsd: left * price });
  });

  it('does not refuse an order because another one was charged while it was accepted', async () => {
    await open({ monthlyMicroUsd: 2 * price, dailyMicroUsd: 2 * price });
    const first = await placeTestOrder(tables, { account });
    const meanwhile = async () => {
      await capture(first);
    };

    const second = await acceptTask(anOrder({ account }), interrupted(meanwhile));

    expect(second).toMatchObject({ kind: 'accepted' });
    expect(await readMonth(tables, account)).toEqual({ committedMicroUsd: price, spentMicroUsd: price });
  });

  it('refuses an order whose room another one took while it was accepted', async () => {
    await open({ dailyMicroUsd: price });
    const meanwhile = async () => {
      await placeTestOrder(tables, { account });
    };

    const outcome = await acceptTask(anOrder({ account }), interrupted(meanwhile));

    expect(outcome).toMatchObject({ kind: 'no_budget', shortfall: { leftMicroUsd: 0 } });
  });

  it('says which one it is, what is left of it and what the order costs', async () => {
    await open({ monthlyMicroUsd: 10 * price, dailyMicroUsd: price + 50_000 });
    await order();

    expect(await order()).toEqual({
      kind: 'no_budget',
      shortfall: {
        owner: 'account',
        period: 'day',
        span: '2026-03-02',
        budgetMicroUsd: 250_000,
        leftMicroUsd: 50_000,
        costMicroUsd: price,
      },
    });
  });

  it('writes nothing of an order that it has no room for', async () => {
    await open({ dailyMicroUsd: price - 1 });
    const refused = anOrder({ account });

    expect(await acceptTask(refused, tables.ledger)).toMatchObject({ kind: 'no_budget' });

    expect(await tables.tasks.getTaskView(refused.task.id)).toBeUndefined();
    expect(await readCounters(tables, refused.task)).toEqual({
      'month account': [0, 0],
      'day account': [0, 0],
    });
  });

  it.each([
    [{ dailyMicroUsd: 0 }, 'no_budget'],
    [{ dailyMicroUsd: price }, 'accepted'],
    [{}, 'accepted'],
  ] as const)('of %j makes a first order %s', async (budget, kind) => {
    await open(budget);

    expect(await order()).toMatchObject({ kind });
  });

  it('has room for what is free, also when it is used up', async () => {
    await open({ dailyMicroUsd: 0 });
    const variant = { seconds: 6, priceMicroUsd: 0, isPriceAssumed: false };

    expect(await order({ offer: { variants: [variant] } })).toMatchObject({ kind: 'accepted' });
  });

  it('starts anew with the day, and with the month', async () => {
    const clock = createManualClock('2026-03-30T23:59:59.000Z');
    await open({ monthlyMicroUsd: 3 * price, dailyMicroUsd: price });
    const orderNow = async () => (await order({ now: clock.now() })).kind;

    expect([await orderNow(), await orderNow()]).toEqual(['accepted', 'no_budget']);
    clock.advance(1);
    expect([await orderNow(), await orderNow()]).toEqual(['accepted', 'no_budget']);
    clock.advance(24 * 3600);
    expect([await orderNow(), await orderNow()]).toEqual(['accepted', 'no_budget']);
    expect(await readMonth(tables, account, '2026-03')).toMatchObject({ committedMicroUsd: 2 * price });
    expect(await readMonth(tables, account, '2026-04')).toMatchObject({ committedMicroUsd: price });
  });

  it('gets back what is released, and not what is charged', async () => {
    await open({ dailyMicroUsd: price });
    const first = await placeTestOrder(tables, { account });
    await release(first);
    const second = await placeTestOrder(tables, { account });
    await capture(second);

    expect(await order()).toMatchObject({ kind: 'no_budget', shortfall: { leftMicroUsd: 0 } });
    expect(await readCounters(tables, second)).toEqual({
      'month account': [0, price],
      'day account': [0, price],
    });
  });

  it('counts what was ordered before it was set, and holds from the next order on', async () => {
    await open({});
    await order();
    await tables.accounts.changeAccount(account, { daily: 2 * price });

    expect(await countKinds([order(), order()])).toEqual({ accepted: 1, no_budget: 1 });
    await tables.accounts.changeAccount(account, { daily: price });
    expect(await order()).toMatchObject({ shortfall: { leftMicroUsd: -price } });
    await tables.accounts.changeAccount(account, { daily: 'none' });
    expect(await order()).toMatchObject({ kind: 'accepted' });
  });

  it('does not keep an Idempotency-Key from its task once it is used up', async () => {
    await open({ monthlyMicroUsd: price });
    const task = await placeTestOrder(tables, { account, idempotencyKey: 'k' });

    expect(await order({ idempotencyKey: 'k' })).toEqual({ kind: 'duplicate', task });
    const other = { idempotencyKey: 'k', requestHash: 'another' };
    expect(await order(other)).toEqual({ kind: 'mismatch' });
    expect(await order({ idempotencyKey: 'another' })).toMatchObject({ kind: 'no_budget' });
  });

  it('for one order makes 16 parallel repeats one task', async () => {
    await open({ monthlyMicroUsd: price });
    const orders = Array.from({ length: 16 }, () => order({ idempotencyKey: 'k' }));

    expect(await countKinds(orders)).toEqual({ accepted: 1, duplicate: 15 });
  });

  it.each(everyDeath(1))('holds once when the worker is killed $when the hold is written', async (death) => {
    await open({ monthlyMicroUsd: price });
    const placed = anOrder({ account, idempotencyKey: 'k' });
    const fate = await untilKilled(acceptTask(placed, mortalLedger(tables.ledger, death)));

    const again = await order({ idempotencyKey: 'k' });

    expect(fate).toBe('killed');
    expect(again).toMatchObject({ kind: death.when === 'before' ? 'accepted' : 'duplicate' });
    expect(await readMonth(tables, account)).toEqual({ committedMicroUsd: price, spentMicroUsd: 0 });
    expect(await order({ idempotencyKey: 'l' })).toMatchObject({ kind: 'no_budget' });
  });
});
