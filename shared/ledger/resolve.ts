import type { Task } from '../domain/task.ts';
import { holdOf } from '../domain/task-outcome.ts';
import { isInState, taskKey } from '../storage/task-items.ts';
import { type ItemChanges, type ItemCondition, toUpdateParts } from '../storage/update-expression.ts';
import type { LedgerTables } from './accept.ts';
import { toBookings } from './bookings.ts';
import { isArchivedAsRead, toPublication } from './publish.ts';
import { transact } from './transact.ts';

/** What a person found out at the provider: it took the money of an unknown submit, or it did not. */
export type Resolution = 'captured' | 'released';

/** Whether a task ended while nobody knew if its provider took the order: its hold waits for a person. */
export function hasKeptHold(task: Task): boolean {
  return holdOf(task) === 'kept';
}

/** How a kept hold was ended; absent for any other task. One that is completed since was captured. */
export function resolutionOf({ resolvedAt, state, failure }: Task): Resolution | undefined {
  if (resolvedAt === undefined) return undefined;
  return state === 'completed' || failure?.charged === 'yes' ? 'captured' : 'released';
}

interface Resolving {
  readonly resolution: Resolution;
  readonly now: Date;
  /** The video that was archived for it is not in the bucket any more: a capture publishes nothing. */
  readonly isFilmGone?: boolean;
}

/**
 * Ends the hold that a task kept: on its row and on all counters that it was booked on, in one transaction. Where
 * its job showed up since and its video is archived, capturing completes it, unless the caller found the file gone.
 * `stale` means that the row is not what it was, and that nothing was written.
 */
export async function resolveTask(
  task: Task,
  resolving: Resolving,
  tables: LedgerTables,
): Promise<'resolved' | 'published' | 'stale'> {
  const isCaptured = resolving.resolution === 'captured';
  const isPublished = isCaptured && task.result !== undefined && resolving.isFilmGone !== true;
  const spentMicroUsd = isCaptured ? task.holdMicroUsd : 0;
  const update = isPublished
    ? toUpdateParts(await toCompletion(task, resolving, tables), keepsHold(task, isArchivedAsRead(task)))
    : toUpdateParts(toResolution(task, resolving), keepsHold(task, isFailedFor(task, resolving)));
  const change = { committedMicroUsd: -task.holdMicroUsd, spentMicroUsd };
  const written = await transact(tables.client, [
    { Update: { TableName: tables.tasksTableName, Key: taskKey(task.id), ...update } },
    ...toBookings(task, { change }, tables),
  ]);
  if (written !== 'done') return 'stale';
  return isPublished ? 'published' : 'resolved';
}

async function toCompletion(task: Task, { now }: Resolving, tables: LedgerTables): Promise<ItemChanges> {
  const { set, remove = [] } = await toPublication(task, now, tables);
  return { set: { ...set, chargeMicroUsd: task.holdMicroUsd, resolvedAt: now.toISOString() }, remove };
}

/** A file that is gone is no result: nobody is to publish it later. */
function toResolution(task: Task, { resolution, now, isFilmGone = false }: Resolving): ItemChanges {
  const ending =
    resolution === 'captured'
      ? { chargeMicroUsd: task.holdMicroUsd, 'failure.charged': 'yes' }
      : { chargeMicroUsd: 0, 'failure.charged': 'no' };
  const set = { ...ending, resolvedAt: now.toISOString() };
  return isFilmGone ? { set, remove: ['result'] } : { set };
}

/** A video that is archived just now is to be published by whoever captures: then the row is read again. */
function isFailedFor(task: Task, { resolution, isFilmGone = false }: Resolving): ItemCondition {
  if (isFilmGone) return isArchivedAsRead(task);
  const isFailed = isInState(['failed']);
  if (resolution === 'released') return isFailed;
  return { ...isFailed, text: `${isFailed.text} AND attribute_not_exists({result})` };
}

function keepsHold({ holdMicroUsd }: Task, condition: ItemCondition): ItemCondition {
  return {
    text: `${condition.text} AND attribute_not_exists({chargeMicroUsd}) AND {holdMicroUsd} = :hold`,
    values: { ...condition.values, ':hold': holdMicroUsd },
  };
}
