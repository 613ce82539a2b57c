import type { TaskEvent } from '../contract/task-events.ts';
import { toUsd } from '../domain/money.ts';
import { type Attempt, isTerminal, type Task } from '../domain/task.ts';
import { holdOf } from '../domain/task-outcome.ts';
import { toVideoId } from '../ids.ts';
import { toAttemptError } from './gateway-object.ts';

/**
 * What happened to a task, in order, as far as its row still tells: `at` is null where the moment was not
 * written down, and a wait for a place is gone from the row once it is over.
 */
export function toTaskEvents(task: Task): TaskEvent[] {
  const events: TaskEvent[] = [
    { type: 'accepted', at: task.createdAt, ...toOrigin(task) },
    ...task.attempts.flatMap((attempt) => toAttemptEvents(attempt, task)),
    ...toWaitEvents(task),
  ];
  return [...withCancelRequest(events, task), ...toEndEvents(task)];
}

function toWaitEvents({ queuedAt, archivingAt, provider }: Task): TaskEvent[] {
  const events: TaskEvent[] = [];
  if (queuedAt !== undefined) events.push({ type: 'queued', at: queuedAt, provider });
  if (archivingAt !== undefined) events.push({ type: 'archiving', at: archivingAt });
  return events;
}

/** After all that is known to have come before it: a failure without a moment may be its consequence. */
function withCancelRequest(events: readonly TaskEvent[], { cancelRequestedAt: at }: Task): TaskEvent[] {
  if (at === undefined) return [...events];
  const before = events.findLastIndex((event) => event.at !== null && event.at <= at);
  return events.toSpliced(before + 1, 0, { type: 'cancel.requested', at });
}

/** By the names that the video object has for it. */
function toOrigin({ retryOf, remixOf }: Task) {
  return {
    ...(retryOf !== undefined && { retry_of: toVideoId(retryOf) }),
    ...(remixOf !== undefined && { remixed_from_video_id: toVideoId(remixOf) }),
  };
}

function toAttemptEvents(attempt: Attempt, task: Task): TaskEvent[] {
  const { number, provider, outcome, failure } = attempt;
  const of = { attempt: number, provider };
  const { nativeModel, priceMicroUsd, claimedAt } = attempt;
  const offer = { native_model: nativeModel, price: toUsd(priceMicroUsd) };
  const claimed: TaskEvent = { type: 'attempt.claimed', at: claimedAt, ...of, ...offer };
  if (outcome === undefined) return [claimed];
  // Of what was turned down the failure is the reason; of what was or may have been taken it came later.
  const isTurnedDown = outcome === 'refused' || outcome === 'not_sent';
  const ended: TaskEvent = {
    type: `attempt.${outcome}`,
    at: attempt.outcomeAt ?? null,
    ...of,
    job_id: attempt.jobId ?? null,
    error: isTurnedDown ? toAttemptError(failure) : null,
  };
  const isJobFailed = failure !== undefined && !isTurnedDown && !isArchived(attempt, task);
  const failed: TaskEvent = { type: 'attempt.failed', at: null, ...of, error: toAttemptError(failure) };
  return isJobFailed ? [claimed, ended, failed] : [claimed, ended];
}

/** Its job was done; what failed afterwards is the end of the task, not of the job. */
function isArchived({ number }: Attempt, { attempts, archivingAt }: Task): boolean {
  return archivingAt !== undefined && number === attempts.length;
}

/** The state and what becomes of the hold are written together; a hold that was kept is resolved later. */
function toEndEvents(task: Task): TaskEvent[] {
  const { state, failure, completedAt = null, resolvedAt } = task;
  if (!isTerminal(state)) return [];
  const error = failure !== undefined ? { error: toAttemptError(failure) } : {};
  const end: TaskEvent = { type: state, at: completedAt, ...error };
  if (resolvedAt === undefined) return [end, { type: 'settled', at: completedAt, ...toBooking(task) }];
  const resolved: TaskEvent = { type: 'resolved', at: resolvedAt, ...toBooking(task) };
  // Its job showed up after it had failed: the row does not tell of that end any more.
  if (state === 'completed') return [resolved, end];
  const kept: TaskEvent = {
    type: 'settled',
    at: completedAt,
    ...toBooking({ ...task, chargeMicroUsd: undefined }),
  };
  return [end, kept, resolved];
}

function toBooking(task: Task) {
  const { holdMicroUsd, chargeMicroUsd } = task;
  const charged = chargeMicroUsd === undefined ? null : toUsd(chargeMicroUsd);
  return { hold: holdOf(task), held: toUsd(holdMicroUsd), charged };
}
