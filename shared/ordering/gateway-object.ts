import { type Failure, isRetryable } from '../domain/job-progress.ts';
import { toUsd } from '../domain/money.ts';
import { type Attempt, isTerminal, nextLookAt, type Task } from '../domain/task.ts';

/** What a video object says beyond OpenAI's: who made it, in which attempts, at what cost. */
export function toGatewayObject(task: Task, publicUrl: string, queuePosition?: number) {
  return {
    provider: task.provider,
    operation: task.operation,
    state: task.state,
    // Who waits for a place sleeps too, but nobody looks at a job yet.
    next_look_at: task.queuedAt === undefined ? (nextLookAt(task) ?? null) : null,
    queue_position: queuePosition ?? null,
    attempts: task.attempts.map(toAttempt),
    cost: {
      currency: 'USD',
      estimated: toUsd(task.holdMicroUsd),
      charged: task.chargeMicroUsd === undefined ? null : toUsd(task.chargeMicroUsd),
    },
    result: toResult(task, publicUrl),
    failure: isTerminal(task.state) ? toFailure(task.failure) : null,
  };
}

/** The keyless link of a video: good until the video expires. */
export function videoLink({ id, linkSecret }: Task, publicUrl: string): string {
  return `${publicUrl}/v/${id}/${linkSecret}.mp4`;
}

function toAttempt(attempt: Attempt) {
  const { reportedCostMicroUsd } = attempt;
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

function toResult(task: Task, publicUrl: string) {
  const { state, result } = task;
  // The file is there before the task is settled; the product is what was settled.
  if (state !== 'completed' || result === undefined) return null;
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
