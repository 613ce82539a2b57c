import type { Task } from '../domain/task.ts';
import { isInState, taskKey } from '../storage/task-items.ts';
import { toUpdateParts } from '../storage/update-expression.ts';
import type { LedgerTables } from './accept.ts';
import { toBookings } from './bookings.ts';
import { transact } from './transact.ts';

/** What a person found out at the provider: it took the money of an unknown submit, or it did not. */
export type Resolution = 'captured' | 'released';

/** Whether a task ended while nobody knew if its provider took the order: its hold waits for a person. */
export function hasKeptHold({ state, chargeMicroUsd }: Task): boolean {
  return state === 'failed' && chargeMicroUsd === undefined;
}

/** How a kept hold was ended; absent for any other task. */
export function resolutionOf({ resolvedAt, failure }: Task): Resolution | undefined {
  if (resolvedAt === undefined) return undefined;
  return failure?.charged === 'yes' ? 'captured' : 'released';
}

interface Resolving {
  readonly resolution: Resolution;
  readonly now: Date;
}

/**
 * Ends the hold that a task kept: on its row and on all counters that it was booked on, in one transaction.
 * `stale` means that the row keeps no hold, and that nothing was written.
 */
export async function resolveTask(
  task: Task,
  { resolution, now }: Resolving,
  tables: LedgerTables,
): Promise<'resolved' | 'stale'> {
  const isCaptured = resolution === 'captured';
  const chargeMicroUsd = isCaptured ? task.holdMicroUsd : 0;
  const isFailed = isInState(['failed']);
  const asRead = 'attribute_not_exists({chargeMicroUsd}) AND {holdMicroUsd} = :hold';
  const update = toUpdateParts(
    { set: { chargeMicroUsd, resolvedAt: now.toISOString(), 'failure.charged': isCaptured ? 'yes' : 'no' } },
    {
      text: `${isFailed.text} AND ${asRead}`,
      values: { ...isFailed.values, ':hold': task.holdMicroUsd },
    },
  );
  const change = { committedMicroUsd: -task.holdMicroUsd, spentMicroUsd: chargeMicroUsd };
  const written = await transact(tables.client, [
    { Update: { TableName: tables.tasksTableName, Key: taskKey(task.id), ...update } },
    ...toBookings(task, { change }, tables),
  ]);
  return written === 'done' ? 'resolved' : 'stale';
}
