import type { GatewayObject } from '../contract/video.ts';
import { type Failure, isRetryable } from '../domain/job-progress.ts';
import { toUsd } from '../domain/money.ts';
import { isExpired } from '../domain/retention.ts';
import { type Attempt, isTerminal, nextLookAt, type Task } from '../domain/task.ts';
import { holdOf } from '../domain/task-outcome.ts';
import { toOptionalVideoId } from '../ids.ts';

export interface GatewayContext {
  /** The base of keyless links, without a trailing slash. */
  readonly publicUrl: string;
  readonly now: Date;
  /** Its place among those that wait for its provider, from 1; absent where it does not wait or nobody counted. */
  readonly queuePosition?: number | undefined;
}

/** What a video object says beyond OpenAI's: who made it, in which attempts, at what cost. */
export function toGatewayObject(
  task: Task,
  { publicUrl, now, queuePosition }: GatewayContext,
): GatewayObject {
  return {
    provider: task.provider,
    operation: task.operation,
    state: task.state,
    retry_of: toOptionalVideoId(task.retryOf),
    retried_by: toOptionalVideoId(task.retriedBy),
    next_look_at: toNextLook(task),
    queue_position: queuePosition ?? null,
    cancel_requested: task.cancelRequestedAt !== undefined,
    attempts: task.attempts.map(toAttempt),
    cost: {
      currency: 'USD',
      estimated: toUsd(task.holdMicroUsd),
      charged: task.chargeMicroUsd === undefined ? null : toUsd(task.chargeMicroUsd),
      hold: holdOf(task),
    },
    result: toResult(task, publicUrl, now),
    expired: isExpired(task, now),
    deleted: task.deletedAt !== undefined,
    failure: isTerminal(task.state) ? toFailure(task.failure) : null,
  };
}

/** The keyless link of a video: good until the video expires. */
export function videoLink({ id, linkSecret }: Task, publicUrl: string): string {
  return `${publicUrl}/v/${id}/${linkSecret}.mp4`;
}

/** Who waits for a place sleeps too, but nobody looks at a job yet; after the end one is looked at for the review. */
function toNextLook(task: Task): string | null {
  const isShown = task.queuedAt === undefined && !isTerminal(task.state);
  return isShown ? (nextLookAt(task) ?? null) : null;
}

function toAttempt(attempt: Attempt) {
  // Of a job that showed up late it is for the review, until that is over.
  const reportedCostMicroUsd = attempt.outcome === 'unknown' ? undefined : attempt.reportedCostMicroUsd;
  return {
    number: attempt.number,
    provider: attempt.provider,
    native_model: attempt.nativeModel,
    price: toUsd(attempt.priceMicroUsd),
    reported: reportedCostMicroUsd === undefined ? null : toUsd(reportedCostMicroUsd),
    job_id: attempt.jobId ?? null,
    outcome: attempt.outcome ?? null,
    claimed_at: attempt.claimedAt,
    outcome_at: attempt.outcomeAt ?? null,
    error: toAttemptError(attempt.failure),
  };
}

export function toAttemptError(failure: Failure | undefined) {
  if (failure === undefined) return null;
  const { code, message, providerCode = null } = failure;
  return { code, message, provider_code: providerCode };
}

/** The file is there before the task is settled; the product is what was settled, for as long as it is there. */
function toResult(task: Task, publicUrl: string, now: Date) {
  const { state, result, deletedAt } = task;
  if (state !== 'completed' || result === undefined) return null;
  if (deletedAt !== undefined || isExpired(task, now)) return null;
  const { bytes, sha256, width, height, durationSeconds } = result;
  return {
    url: videoLink(task, publicUrl),
    bytes,
    sha256,
    width: width ?? null,
    height: height ?? null,
    duration_seconds: durationSeconds ?? null,
  };
}

function toFailure(failure: Failure | undefined) {
  if (failure === undefined) return null;
  const { code, charged, providerCode = null } = failure;
  return { code, retryable: isRetryable(code), charged, provider_code: providerCode };
}
