import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import type { Spending } from '../domain/budget.ts';
import { type Booked, type Counter, countersOf } from '../storage/money-counters.ts';
import { type ItemCondition, toUpdateParts } from '../storage/update-expression.ts';
import type { LedgerTables } from './accept.ts';

/** A condition on one of the counters of a booking. */
export interface CounterGuard {
  readonly counter: Counter;
  readonly condition: ItemCondition;
}

/** Adds to every counter of a task, each only while its guard holds. */
export function toBookings(
  task: Booked,
  { change, guards = [] }: { readonly change: Partial<Spending>; readonly guards?: readonly CounterGuard[] },
  { accountsTableName }: Pick<LedgerTables, 'accountsTableName'>,
): TransactWriteItem[] {
  return countersOf(task).map(({ key }) => {
    const guard = guards.find(({ counter }) => counter.key['sk']?.S === key['sk']?.S);
    return {
      Update: {
        TableName: accountsTableName,
        Key: key,
        ...toUpdateParts({ add: { ...change } }, guard?.condition),
      },
    };
  });
}
