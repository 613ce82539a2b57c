import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Budget } from '../../../shared/domain/budget.ts';
import type { Task } from '../../../shared/domain/task.ts';
import { newShortId } from '../../../shared/ids.ts';
import { changeOffer } from '../../../shared/ledger/change-offer.ts';
import { anOffer, placeTestOrder, readCounters, readMonth } from '../../support/orders.ts';
import { startTables, type Tables } from '../../support/tables.ts';

/** What each order of these tests costs. */
const price = 200_000;
const now = new Date('2026-03-02T10:00:00.000Z');

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

describe('a task that changes its offer', () => {
  const change = (task: Task, priceMicroUsd: number) => {
    const variant = { seconds: 6, priceMicroUsd, isPriceAssumed: false };
    const offer = anOffer({ provider: 'cloudsway', variants: [variant] });
    return changeOffer(task, { priced: { offer, variant }, now }, tables.ledger);
  };

  it('holds the dearer price on all its counters when there is room for exactly that', async () => {
    await open({ monthlyMicroUsd: 250_000 });
    const { keyId } = await tables.accounts.createKey(account, now, { dailyMicroUsd: 250_000 });
    const task = await placeTestOrder(tables, { account, keyId });

    expect(await change(task, 250_000)).toBe('changed');

    expect(await readCounters(tables, task)).toEqual({
      'month account': [250_000, 0],
      'month key': [250_000, 0],
      'day account': [250_000, 0],
      'day key': [250_000, 0],
    });
  });

  it('stays as it is where a budget, of that day or of its key, has no room', async () => {
    await open({ dailyMicroUsd: 300_000 });
    const { keyId } = await tables.accounts.createKey(account, now, { monthlyMicroUsd: 249_999 });
    const task = await placeTestOrder(tables, { account, keyId });

    expect(await change(task, 250_000)).toBe('no_budget');
    expect(await change(task, 300_001)).toBe('no_budget');

    expect(await tables.tasks.getTask(task.id)).toEqual(task);
    expect(await readMonth(tables, account)).toMatchObject({ committedMicroUsd: price });
  });

  it.each([price, 90_000])('may cost %i, no more than before, after the budget was lowered', async (cost) => {
    await open({});
    const task = await placeTestOrder(tables, { account });
    await tables.accounts.changeAccount(account, { monthly: 0 });

    expect(await change(task, cost)).toBe('changed');
    expect(await readMonth(tables, account)).toMatchObject({ committedMicroUsd: cost });
  });

  it('is told to be stale, not out of budget, when another worker moved it', async () => {
    await open({ monthlyMicroUsd: price });
    const task = await placeTestOrder(tables, { account });
    await tables.tasks.amend(task.id, { set: { provider: 'haiper' } });

    expect(await change(task, 250_000)).toBe('stale');
  });
});
