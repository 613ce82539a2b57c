import { toUsd } from '../domain/money.ts';
import { type Attempt, isTerminal, type Task } from '../domain/task.ts';
import { toAttemptError } from './gateway-object.ts';

/**
 * What happened to a task, in order, as far as its row still tells: `at` is null where the moment was not
 * written down, and a wait for a place is gone from the row once it is over.
 */
export function toTaskEvents(task: Task) {
  return [
    { type: 'accepted', at: task.createdAt },
    ...task.attempts.flatMap((attempt) => toAttemptEvents(attempt, task)),
    ...(task.queuedAt === undefined ? [] : [{ type: 'queued', at: task.queuedAt, provider: task.provider }]),
    ...(task.archivingAt === undefined ? [] : [{ type: 'archiving', at: task.archivingAt }]),
    ...toEndEvents(task),
  ];
}

function toAttemptEvents(attempt: Attempt, task: Task) {
  const { number, provider, outcome, failure } = attempt;
  const of = { attempt: number, provider };
  const { nativeModel, priceMicroUsd, claimedAt } = attempt;
  const offer = { native_model: nativeModel, price: toUsd(priceMicroUsd) };
  const claimed = { type: 'attempt.claimed', at: claimedAt, ...of, ...offer };
  if (outcome === undefined) return [claimed];
  // Of what was turned down the failure is the reason; of what was or may have been taken it came later.
  const isTurnedDown = outcome === 'refused' || outcome === 'not_sent';
  const ended = {
    type: `attempt.${outcome}`,
    at: attempt.outcomeAt ?? null,
    ...of,
    job_id: attempt.jobId ?? null,
    error: isTurnedDown ? toAttemptError(failure) : null,
  };
  const isJobFailed = failure !== undefined && !isTurnedDown && !isArchived(attempt, task);
  const failed = { type: 'attempt.failed', at: null, ...of, error: toAttemptError(failure) };
  return isJobFailed ? [claimed, ended, failed] : [claimed, ended];
}

/** Its job was done; what failed afterwards is the end of the task, not of the job. */
function isArchived({ number }: Attempt, { attempts, archivingAt }: Task): boolean {
  return archivingAt !== undefined && number === attempts.length;
}

/** The state and what becomes of the hold are written together; a hold that was kept is resolved later. */
function toEndEvents(task: Task) {
  const { state, failure, completedAt = null, resolvedAt } = task;
  if (!isTerminal(state)) return [];
  const error = failure !== undefined ? { error: toAttemptError(failure) } : {};
  const end = { type: state, at: completedAt, ...error };
  if (resolvedAt === undefined) return [end, { type: 'settled', at: completedAt, ...toBooking(task) }];
  const kept = { type: 'settled', at: completedAt, ...toBooking({ ...task, chargeMicroUsd: undefined }) };
  return [end, kept, { type: 'resolved', at: resolvedAt, ...toBooking(task) }];
}

function toBooking({ state, holdMicroUsd, chargeMicroUsd }: Task) {
  const held = toUsd(holdMicroUsd);
  if (chargeMicroUsd === undefined) return { hold: 'kept', held, charged: null };
  const isCaptured = state === 'completed' || chargeMicroUsd > 0;
  return { hold: isCaptured ? 'captured' : 'released', held, charged: toUsd(chargeMicroUsd) };
}
