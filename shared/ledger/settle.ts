import type { TransactWriteItem, Update } from '@aws-sdk/client-dynamodb';
import { secondsAfter } from '../clock.ts';
import { toOpenEvidence } from '../domain/evidence.ts';
import { expiryAfter } from '../domain/retention.ts';
import { attemptPath, currentAttempt, type FollowUp, type Task } from '../domain/task.ts';
import { outcomeOf, type TaskOutcome } from '../domain/task-outcome.ts';
import { isLive, taskKey } from '../storage/task-items.ts';
import { type ItemCondition, toUpdateParts } from '../storage/update-expression.ts';
import type { LedgerTables } from './accept.ts';
import { toBookings } from './bookings.ts';
import { hasReceivers } from './has-receivers.ts';
import { readRetentionDays } from './read-retention.ts';
import { transact } from './transact.ts';

/** After this a follow-up that is not done is the sweeper's. */
const followUpGraceSeconds = 60;

/**
 * The one place where a task ends: its terminal state and what becomes of its hold are written together.
 * `stale` means that the row is not what it was, and nothing was written.
 */
export async function settleTask(task: Task, now: Date, tables: LedgerTables): Promise<'settled' | 'stale'> {
  const outcome = outcomeOf(task);
  const money = outcome.money === 'keep_hold' ? [] : endHold(task, chargeOf(task, outcome), tables);
  const expiresAt =
    outcome.state === 'completed'
      ? expiryAfter(now, await readRetentionDays(task.account, tables))
      : undefined;
  const isTold = await hasReceivers(task, tables);
  const written = await transact(tables.client, [
    { Update: toTerminalUpdate(task, { outcome, now, expiresAt, isTold }, tables) },
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
  /** Of the video, where there is one. */
  readonly expiresAt: string | undefined;
  /** Whether anybody may want to be told of it. */
  readonly isTold: boolean;
}

function toTerminalUpdate(task: Task, ending: Ending, tables: LedgerTables): Update {
  const { outcome, now, expiresAt } = ending;
  const isJobNamed = outcome.money === 'keep_hold' && hasNamedJob(task);
  const followUps = [...followUpsOf(task, ending), ...(isJobNamed ? ['evidence' as const] : [])];
  const nextDueAt = followUps.length === 0 ? expiresAt : secondsAfter(now, followUpGraceSeconds);
  const changes = {
    set: {
      state: outcome.state,
      failure: outcome.failure,
      chargeMicroUsd: outcome.money === 'keep_hold' ? undefined : chargeOf(task, outcome),
      completedAt: now.toISOString(),
      expiresAt,
      followUps,
      nextDueAt,
      ...(isJobNamed && toOpenEvidence(now)),
    },
    remove: [
      'outputUrl',
      'taskToken',
      ...(isJobNamed || task.cancelRequestedAt !== undefined ? [] : ['wake']),
      'sleptAt',
      'sleepSeconds',
      ...(nextDueAt === undefined ? ['nextDueAt'] : []),
    ],
  };
  return {
    TableName: tables.tasksTableName,
    Key: taskKey(task.id),
    ...toUpdateParts(changes, isAsDecided(task, outcome)),
  };
}

/** A task that was canceled may have been granted a place, of which its row does not know yet. */
function followUpsOf(task: Task, { isTold }: Ending): FollowUp[] {
  const { attempts, outboxName, queuedAt, cancelRequestedAt } = task;
  const isKnown = queuedAt !== undefined || attempts.some(({ hasLease }) => hasLease === true);
  const hasPlace = isKnown || cancelRequestedAt !== undefined;
  return [
    ...(hasPlace ? ['lease' as const] : []),
    ...(outboxName === undefined ? [] : ['outbox' as const]),
    ...(isTold ? ['webhook' as const] : []),
  ];
}

/** A callback named a job that could not be adopted, or came when the task was given up already. */
function hasNamedJob(task: Task): boolean {
  return currentAttempt(task)?.hintedJobId !== undefined;
}

/** A video, or the name of a job, that arrives while its task is being given up must not be lost: the row is read again. */
function isAsDecided(task: Task, { money }: TaskOutcome): ItemCondition {
  if (task.result !== undefined) return isLive;
  const withoutVideo = `${isLive.text} AND attribute_not_exists({result})`;
  if (money !== 'keep_hold' || hasNamedJob(task)) return { ...isLive, text: withoutVideo };
  const hint = `${attemptPath(task.attempts.length)}.hintedJobId`;
  return { ...isLive, text: `${withoutVideo} AND attribute_not_exists({${hint}})` };
}
