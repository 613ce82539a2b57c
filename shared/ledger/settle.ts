import type { TransactWriteItem, Update } from '@aws-sdk/client-dynamodb';
import { secondsAfter } from '../clock.ts';
import type { FollowUp, Task } from '../domain/task.ts';
import { outcomeOf, type TaskOutcome } from '../domain/task-outcome.ts';
import { isLive, taskKey } from '../storage/task-items.ts';
import { type ItemCondition, toUpdateParts } from '../storage/update-expression.ts';
import type { LedgerTables } from './accept.ts';
import { toBookings } from './bookings.ts';
import { transact } from './transact.ts';

/** How long a video stays in the bucket. */
const retentionDays = 30;
/** After this a follow-up that is not done is the sweeper's. */
const followUpGraceSeconds = 60;

/**
 * The one place where a task ends: its terminal state and what becomes of its hold are written together.
 * `stale` means that the row is not what it was, and nothing was written.
 */
export async function settleTask(task: Task, now: Date, tables: LedgerTables): Promise<'settled' | 'stale'> {
  const outcome = outcomeOf(task);
  const money = outcome.money === 'keep_hold' ? [] : endHold(task, chargeOf(task, outcome), tables);
  const written = await transact(tables.client, [
    { Update: toTerminalUpdate(task, { outcome, now }, tables) },
    ...money,
  ]);
  return written === 'done' ? 'settled' : 'stale';
}

function chargeOf(task: Task, { money }: TaskOutcome): number {
  return money === 'capture' ? task.holdMicroUsd : 0;
}

/** Takes what a task holds off all its counters, and books what of it is charged. */
function endHold(task: Task, spentMicroUsd: number, tables: LedgerTables): TransactWriteItem[] {
  const change = { committedMicroUsd: -task.holdMicroUsd, spentMicroUsd };
  return toBookings(task, { change }, tables);
}

interface Ending {
  readonly outcome: TaskOutcome;
  readonly now: Date;
}

function toTerminalUpdate(task: Task, { outcome, now }: Ending, tables: LedgerTables): Update {
  const followUps = followUpsOf(task);
  const isCompleted = outcome.state === 'completed';
  const changes = {
    set: {
      state: outcome.state,
      failure: outcome.failure,
      chargeMicroUsd: outcome.money === 'keep_hold' ? undefined : chargeOf(task, outcome),
      completedAt: now.toISOString(),
      expiresAt: isCompleted ? secondsAfter(now, retentionDays * 86_400) : undefined,
      followUps,
      nextDueAt: followUps.length === 0 ? undefined : secondsAfter(now, followUpGraceSeconds),
    },
    remove: [
      'outputUrl',
      'taskToken',
      'wake',
      'sleptAt',
      'sleepSeconds',
      ...(followUps.length === 0 ? ['nextDueAt'] : []),
    ],
  };
  return {
    TableName: tables.tasksTableName,
    Key: taskKey(task.id),
    ...toUpdateParts(changes, isAsDecided(task)),
  };
}

function followUpsOf({ attempts, outboxName, queuedAt }: Task): FollowUp[] {
  const hasPlace = queuedAt !== undefined || attempts.some(({ hasLease }) => hasLease === true);
  return [...(hasPlace ? ['lease' as const] : []), ...(outboxName === undefined ? [] : ['outbox' as const])];
}

/** A video that arrives while its task is being given up must not be lost: then the row is read again. */
function isAsDecided({ result }: Task): ItemCondition {
  if (result !== undefined) return isLive;
  return { ...isLive, text: `${isLive.text} AND attribute_not_exists({result})` };
}
