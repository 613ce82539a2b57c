import { setTimeout as sleep } from 'node:timers/promises';
import type { CancellationReason, TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { type Budget, budgetOfPeriod, type Shortfall, type Spending } from '../domain/budget.ts';
import { ConchError } from '../errors.ts';
import {
  type AccountTable,
  accountBudgetOf,
  accountKey,
  accountSchema,
  keyLimitOf,
  keySchema,
  listedKey,
  readItem,
} from '../storage/account-items.ts';
import {
  type Booked,
  type Counter,
  countedKeyOf,
  countersOf,
  readSpending,
} from '../storage/money-counters.ts';
import type { ItemCondition } from '../storage/update-expression.ts';
import type { LedgerTables } from './accept.ts';
import { toBookings } from './bookings.ts';
import { transact } from './transact.ts';

/** Each repetition means that another order of the account was charged just then. */
const maxTries = 20;
const maxDelayMs = 50;

/** A counter that has a budget now, and how it stands. */
interface Allowance {
  readonly counter: Counter;
  readonly budgetMicroUsd: number;
  readonly spending: Spending;
}

interface Holding {
  readonly task: Booked;
  /** What is held on top of what the task holds already. */
  readonly costMicroUsd: number;
  /** What is written with it, or not at all. */
  readonly writes: readonly TransactWriteItem[];
}

export type HoldOutcome =
  | 'done'
  /** The reasons why one of the writes was refused, in their order. */
  | { readonly refused: readonly CancellationReason[] }
  | { readonly shortfall: Shortfall };

/**
 * Holds money for a task on all its counters, if every budget has room for it, together with `writes`. That one of
 * them is refused comes before any lack of budget: a repeat is a repeat also when nothing is left.
 */
export async function holdInBudget(holding: Holding, tables: LedgerTables): Promise<HoldOutcome> {
  const { task, costMicroUsd, writes } = holding;
  const change = { committedMicroUsd: costMicroUsd };
  for (let tries = 1; tries <= maxTries; tries += 1) {
    const allowances = costMicroUsd > 0 ? await readAllowances(task, tables) : [];
    const guards = allowances.map((allowance) => toGuard(allowance, costMicroUsd));
    const bookings = costMicroUsd === 0 ? [] : toBookings(task, { change, guards }, tables);
    const outcome = await transact(tables.client, [...writes, ...bookings]);
    if (outcome === 'done') return 'done';
    const own = outcome.refused.slice(0, writes.length);
    if (own.some(({ Code }) => Code === 'ConditionalCheckFailed')) return { refused: own };
    // Only what was seen before the refusal proves it: else a counter moved meanwhile, and there may be room.
    const shortfall = findShortfall(allowances, costMicroUsd);
    if (shortfall !== undefined) return { shortfall };
    await sleep(Math.random() * maxDelayMs);
  }
  throw new ConchError('temporarily_unavailable', 'Too many orders at once; nothing was ordered, try again');
}

/** Which budget of a task, as things stand, lacks room for a cost on top of its hold. Only the hold itself decides. */
export async function surveyBudgets(
  task: Booked,
  tables: LedgerTables,
): Promise<(costMicroUsd: number) => Shortfall | undefined> {
  const allowances = await readAllowances(task, tables);
  return (costMicroUsd) => (costMicroUsd > 0 ? findShortfall(allowances, costMicroUsd) : undefined);
}

/** What every budget of an order placed now would leave it to cost, at least 0; absent where there is no budget. */
export async function readRoom(booked: Booked, tables: LedgerTables): Promise<number | undefined> {
  const allowances = await readAllowances(booked, tables);
  const rooms = allowances.map(
    ({ budgetMicroUsd, spending }) => budgetMicroUsd - spending.committedMicroUsd - spending.spentMicroUsd,
  );
  return rooms.length === 0 ? undefined : Math.max(0, Math.min(...rooms));
}

async function readAllowances(
  task: Booked,
  { client, accountsTableName }: LedgerTables,
): Promise<Allowance[]> {
  const table = { client, tableName: accountsTableName };
  const budgets = await readBudgets(task, table);
  const allowances = countersOf(task).map(async (counter) => {
    const budgetMicroUsd = budgetOfPeriod(budgets[counter.owner], counter.period);
    if (budgetMicroUsd === undefined) return [];
    return [{ counter, budgetMicroUsd, spending: await readSpending(table, counter) }];
  });
  return (await Promise.all(allowances)).flat();
}

async function readBudgets(
  task: Booked,
  table: AccountTable,
): Promise<Readonly<Record<Counter['owner'], Budget>>> {
  const keyId = countedKeyOf(task);
  const [ofAccount, ofKey] = await Promise.all([
    readItem(table, accountKey(task.account)),
    keyId === undefined ? undefined : readItem(table, listedKey(task.account, keyId)),
  ]);
  return {
    account: ofAccount === undefined ? {} : accountBudgetOf(accountSchema.parse(ofAccount)),
    key: ofKey === undefined ? {} : keyLimitOf(keySchema.parse(ofKey)),
  };
}

function findShortfall(allowances: readonly Allowance[], costMicroUsd: number): Shortfall | undefined {
  return allowances
    .map(({ counter: { owner, period, span }, budgetMicroUsd, spending }) => {
      const leftMicroUsd = budgetMicroUsd - spending.committedMicroUsd - spending.spentMicroUsd;
      return { owner, period, span, budgetMicroUsd, leftMicroUsd, costMicroUsd };
    })
    .find(({ leftMicroUsd }) => leftMicroUsd < costMicroUsd);
}

/**
 * Conditions cannot add two attributes. So what is charged may not have grown since it was read, and what is held
 * may grow to the rest: together they stay within the budget, whoever else writes.
 */
function toGuard({ counter, budgetMicroUsd, spending }: Allowance, costMicroUsd: number) {
  const { spentMicroUsd } = spending;
  const room = budgetMicroUsd - spentMicroUsd - costMicroUsd;
  const condition: ItemCondition = {
    text: `${atMost('committedMicroUsd', ':room', room)} AND ${atMost('spentMicroUsd', ':spent', spentMicroUsd)}`,
    values: { ':room': room, ':spent': spentMicroUsd },
  };
  return { counter, condition };
}

/** A counter that is not there yet is zero. */
function atMost(name: string, placeholder: string, most: number): string {
  const bound = `{${name}} <= ${placeholder}`;
  return most < 0 ? bound : `(attribute_not_exists({${name}}) OR ${bound})`;
}
