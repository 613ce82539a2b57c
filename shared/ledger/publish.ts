import { expiryAfter } from '../domain/retention.ts';
import { attemptPath, type FollowUp, sleepFields, type Task } from '../domain/task.ts';
import { areLeft } from '../storage/follow-up-conditions.ts';
import { isInState, taskKey } from '../storage/task-items.ts';
import { type ItemChanges, type ItemCondition, toUpdateParts } from '../storage/update-expression.ts';
import type { LedgerTables } from './accept.ts';
import { hasReceivers } from './has-receivers.ts';
import { readRetentionDays } from './read-retention.ts';
import { transact } from './transact.ts';

/**
 * Completes a task that failed as `submit_unknown` and whose hold was captured before its job showed up: its video
 * is archived now, and moves no money. `stale` means that the row is not what it was, and that nothing was written.
 */
export async function publishTask(
  task: Task,
  now: Date,
  tables: LedgerTables,
): Promise<'published' | 'stale'> {
  const isArchived = isArchivedAsRead(task);
  const isCaptured = {
    text: `${isArchived.text} AND {failure.charged} = :yes`,
    values: { ...isArchived.values, ':yes': 'yes' },
  };
  const update = toUpdateParts(await toPublication(task, now, tables), isCaptured);
  const written = await transact(tables.client, [
    { Update: { TableName: tables.tasksTableName, Key: taskKey(task.id), ...update } },
  ]);
  return written === 'done' ? 'published' : 'stale';
}

/** What makes a completed task of one whose evidence is archived: as if its job had been adopted in time. */
export async function toPublication(task: Task, now: Date, tables: LedgerTables): Promise<ItemChanges> {
  const expiresAt = expiryAfter(now, await readRetentionDays(task.account, tables));
  const followUps = followUpsOf(task, await hasReceivers(task, tables));
  const at = attemptPath(task.attempts.length);
  return {
    set: {
      state: 'completed',
      completedAt: now.toISOString(),
      expiresAt,
      [`${at}.outcome`]: 'accepted',
      followUps,
      nextDueAt: followUps.length === 0 ? expiresAt : now.toISOString(),
    },
    remove: ['failure', `${at}.failure`, ...sleepFields],
  };
}

/** Holds while the task is failed with its archived evidence, and with nothing else left to do than was read. */
export function isArchivedAsRead({ followUps }: Task): ItemCondition {
  const [isFailed, areAsRead] = [isInState(['failed']), areLeft(followUps)];
  return {
    text: `${isFailed.text} AND attribute_exists({result}) AND ${areAsRead.text}`,
    values: { ...isFailed.values, ...areAsRead.values },
  };
}

/** Whoever was told of the failure is told of the video. */
function followUpsOf({ followUps, outboxName }: Task, isTold: boolean): FollowUp[] {
  const others = followUps.filter((followUp) => !['evidence', 'outbox', 'webhook'].includes(followUp));
  return [
    ...others,
    ...(outboxName === undefined ? [] : ['outbox' as const]),
    ...(isTold ? ['webhook' as const] : []),
  ];
}
