import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Budget } from '../../../shared/domain/budget.ts';
import type { Task } from '../../../shared/domain/task.ts';
import { newShortId } from '../../../shared/ids.ts';
import { acceptTask } from '../../../shared/ledger/accept.ts';
import { settleTask } from '../../../shared/ledger/settle.ts';
import { listCounters } from '../../../shared/storage/list-counters.ts';
import { monthKey } from '../../../shared/storage/money-counters.ts';
import { requireTask } from '../../../shared/storage/task-store.ts';
import {
  anOrder,
  countKinds,
  type OrderOverrides,
  placeTestOrder,
  readCounters,
} from '../../support/orders.ts';
import { startTables, type Tables } from '../../support/tables.ts';

/** What each order of these tests costs. */
const price = 200_000;
const now = new Date('2026-03-02T10:00:00.000Z');
const result = { key: 'videos/x.mp4', bytes: 9, sha256: 'f' };

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

describe('the limit of a key', () => {
  it('keeps that key from ordering more, and no other one', async () => {
    await open({});
    const { keyId } = await tables.accounts.createKey(account, now, { monthlyMicroUsd: 2 * price });
    const { keyId: free } = await tables.accounts.createKey(account, now);

    expect(await countKinds(Array.from({ length: 5 }, () => order({ keyId })))).toEqual({
      accepted: 2,
      no_budget: 3,
    });
    expect(await order({ keyId })).toMatchObject({ shortfall: { owner: 'key', period: 'month' } });
    expect(await order({ keyId: free })).toMatchObject({ kind: 'accepted' });
    expect(await order()).toMatchObject({ kind: 'accepted' });
  });

  it('does not raise the budget of its account', async () => {
    await open({ dailyMicroUsd: price });
    const { keyId } = await tables.accounts.createKey(account, now, { dailyMicroUsd: 9 * price });

    expect(await countKinds([order({ keyId }), order({ keyId })])).toEqual({ accepted: 1, no_budget: 1 });
  });

  it('is for a day or a month of that key alone, and the keys stay in their list', async () => {
    await open({});
    const { keyId } = await tables.accounts.createKey(account, now, { dailyMicroUsd: price });
    const task = await placeTestOrder(tables, { account, keyId });
    await capture(task);

    expect(await readCounters(tables, task)).toEqual({
      'month account': [0, price],
      'month key': [0, price],
      'day account': [0, price],
      'day key': [0, price],
    });
    expect(await order({ keyId })).toMatchObject({ shortfall: { owner: 'key', period: 'day' } });
    expect(await order({ keyId, now: new Date('2026-03-03T00:00:00.000Z') })).toMatchObject({
      kind: 'accepted',
    });
    expect(await tables.accounts.listKeys(account)).toMatchObject([{ keyId }]);
  });
});

describe('a key without limits', () => {
  const names = async () => {
    const counters = await listCounters({ client: tables.client, tableName: 'accounts' }, account);
    return Object.fromEntries(counters);
  };

  it('has no counters: its orders are booked for the account alone, from acceptance to the end', async () => {
    await open({ monthlyMicroUsd: 2 * price });
    const { keyId } = await tables.accounts.createKey(account, now);
    const task = await placeTestOrder(tables, { account, keyId, isKeyCounted: false });
    const held = { committedMicroUsd: price, spentMicroUsd: 0 };
    expect(await names()).toEqual({ 'MONTH#2026-03': held, 'DAY#2026-03-02': held });

    await capture(await requireTask(task.id, tables.tasks));

    const charged = { committedMicroUsd: 0, spentMicroUsd: price };
    expect(await names()).toEqual({ 'MONTH#2026-03': charged, 'DAY#2026-03-02': charged });
    expect(await order({ keyId, isKeyCounted: false })).toMatchObject({ kind: 'accepted' });
    expect(await order({ keyId, isKeyCounted: false })).toMatchObject({ kind: 'no_budget' });
  });

  it('has the counters on which an older row was booked, until that row ends', async () => {
    await open({});
    const { keyId } = await tables.accounts.createKey(account, now);
    const task = await placeTestOrder(tables, { account, keyId });
    expect(task).not.toHaveProperty('isKeyCounted');

    await capture(await requireTask(task.id, tables.tasks));

    const charged = { committedMicroUsd: 0, spentMicroUsd: price };
    expect(await names()).toMatchObject({
      [`KEYMONTH#${keyId}#2026-03`]: charged,
      [`KEYDAY#${keyId}#2026-03-02`]: charged,
    });
  });
});

describe('rows of the first version', () => {
  it('settle on the counter of their month, as they were booked', async () => {
    await open({ monthlyMicroUsd: 2 * price, dailyMicroUsd: 2 * price });
    const { holdDay: _day, ...old } = anOrder({ account }).task;
    const { request } = anOrder({ account });
    await acceptTask({ task: old, request }, tables.ledger);

    await capture(old);

    expect(await readCounters(tables, anOrder({ account }).task)).toEqual({
      'month account': [0, price],
      'day account': [0, 0],
    });
  });

  it('count in the budget of their month', async () => {
    await open({ monthlyMicroUsd: 3 * price });
    const counters = marshall({ committedMicroUsd: price, spentMicroUsd: price });
    const Item = { ...monthKey(account, '2026-03'), ...counters };
    await tables.client.send(new PutItemCommand({ TableName: 'accounts', Item }));

    expect(await countKinds([order(), order(), order()])).toEqual({ accepted: 1, no_budget: 2 });
  });
});
