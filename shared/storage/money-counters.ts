import { marshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import type { BudgetPeriod, Spending } from '../domain/budget.ts';
import type { Task } from '../domain/task.ts';
import { type AccountTable, accountPartition, readItem } from './account-items.ts';
import type { Item } from './task-items.ts';

/** Sums up what an account, or one of its keys, holds and was charged in a UTC month or on a UTC day. */
export interface Counter {
  readonly owner: 'account' | 'key';
  readonly period: BudgetPeriod;
  /** `2026-11` or `2026-11-21`. */
  readonly span: string;
  readonly key: Item;
}

/** What decides where a task's money is booked; all but the month is absent on rows of the first version. */
export type Booked = Pick<Task, 'account' | 'holdMonth' | 'holdDay' | 'keyId' | 'isKeyCounted'>;

/** The month's counter of an account. */
export function monthKey(account: string, month: string): Item {
  return counterKey(account, `MONTH#${month}`);
}

/** Every counter that a task's money is booked on. */
export function countersOf({ account, holdMonth, holdDay, ...task }: Booked): Counter[] {
  const keyId = countedKeyOf(task);
  return [
    ...countersOfPeriod({ account, period: 'month', span: holdMonth, keyId }),
    ...(holdDay === undefined ? [] : countersOfPeriod({ account, period: 'day', span: holdDay, keyId })),
  ];
}

/** The key that has counters of its own for a task, if one has. */
export function countedKeyOf({
  keyId,
  isKeyCounted,
}: Pick<Booked, 'keyId' | 'isKeyCounted'>): string | undefined {
  return isKeyCounted === false ? undefined : keyId;
}

interface Span extends Pick<Counter, 'period' | 'span'> {
  readonly account: string;
  readonly keyId: string | undefined;
}

function countersOfPeriod({ account, period, span, keyId }: Span): Counter[] {
  const name = period === 'month' ? 'MONTH' : 'DAY';
  const own: Counter = { owner: 'account', period, span, key: counterKey(account, `${name}#${span}`) };
  if (keyId === undefined) return [own];
  // Not under KEY#, where the keys themselves are listed.
  const key = counterKey(account, `KEY${name}#${keyId}#${span}`);
  return [own, { owner: 'key', period, span, key }];
}

function counterKey(account: string, sortKey: string): Item {
  return marshall({ pk: accountPartition(account), sk: sortKey });
}

const spendingSchema = z.object({
  committedMicroUsd: z.number().int().default(0),
  spentMicroUsd: z.number().int().default(0),
});

/** The amounts of a stored counter; what nothing was booked on yet is zero. */
export function parseSpending(attributes: Readonly<Record<string, unknown>>): Spending {
  return spendingSchema.parse(attributes);
}

/** A counter that nothing was booked on yet is zero. */
export async function readSpending(table: AccountTable, { key }: Counter): Promise<Spending> {
  return parseSpending((await readItem(table, key)) ?? {});
}

/** What the sort key of a counter says. */
export interface CounterName {
  /** Absent for the counters of the account itself. */
  readonly keyId: string | undefined;
  /** The UTC month or day, `2026-11` or `2026-11-21`. */
  readonly span: string;
}

const sortKeyPattern =
  /^(?:(?:MONTH|DAY)|(?:KEYMONTH|KEYDAY)#(?<keyId>[^#]+))#(?<span>\d{4}-\d{2}(?:-\d{2})?)$/;

/** Absent for an item that is no counter. */
export function counterNameOf(sortKey: string): CounterName | undefined {
  const { keyId, span } = sortKeyPattern.exec(sortKey)?.groups ?? {};
  return span === undefined ? undefined : { keyId, span };
}

/** The sort keys of all counters that a task's money is booked on. */
export function counterSortKeysOf(task: Booked): string[] {
  return countersOf(task).flatMap(({ key }) => key['sk']?.S ?? []);
}
