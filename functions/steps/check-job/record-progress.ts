import {
  canceledOnRequest,
  type Failure,
  isWorthAnotherOffer,
  type JobProgress,
} from '../../../shared/domain/job-progress.ts';
import { isLastLook } from '../../../shared/domain/look-schedule.ts';
import { attemptPath, currentAttempt, type Task } from '../../../shared/domain/task.ts';
import { logger } from '../../../shared/logger.ts';
import { count } from '../../../shared/metrics.ts';
import { deadlineOf } from '../../../shared/steps/decision.ts';
import type { StepContext } from '../../../shared/steps/step-context.ts';
import type { Written } from '../../../shared/storage/task-store.ts';

/** A status word that nobody documented is counted, and what could not be read is logged. */
export function noteProgress({ id, provider }: Task, progress: JobProgress): void {
  if (progress.kind === 'unreadable') {
    logger.warn('A look could not be read', { taskId: id, provider, reason: progress.message });
  }
  if (progress.kind !== 'running' || progress.unknownStatus === undefined) return;
  count('UnknownProviderStatus', { provider });
  const status = progress.unknownStatus;
  logger.warn('The provider answered an unknown status', { taskId: id, provider, status });
}

/** Writes down what a look at the task's own job saw. A job that merely goes on is not written. */
export async function recordProgress(
  task: Task,
  progress: JobProgress,
  context: StepContext,
): Promise<Written> {
  noteProgress(task, progress);
  switch (progress.kind) {
    case 'succeeded': {
      const output = progress.outputs[0];
      if (output === undefined) return recordOverdue(task, progress, context);
      return recordOutput(task, { url: output.url, cost: progress.reportedCostMicroUsd }, context);
    }
    case 'failed':
      return recordFailure(task, progress.failure, context);
    case 'unreadable':
      return isGoneOnRequest(task, progress)
        ? recordFailure(task, canceledOnRequest, context)
        : recordOverdue(task, progress, context);
    case 'queued':
    case 'running':
      return recordOverdue(task, progress, context);
  }
}

/** Its provider said that it canceled the job, and knows nothing of it any more. */
function isGoneOnRequest(
  task: Task,
  { isJobUnknown }: Extract<JobProgress, { kind: 'unreadable' }>,
): boolean {
  return isJobUnknown === true && currentAttempt(task)?.isCancelConfirmed === true;
}

/**
 * What another offer may mend fails its attempt only; anything else is the end of the task. Only while the row
 * still says what the decision was based on. Nobody may have rung since the look, nor named a job: then there is
 * one more look.
 */
export async function recordFailure(task: Task, failure: Failure, context: StepContext): Promise<Written> {
  const at = attemptPath(task.attempts.length);
  const { outcome, hintedJobId } = currentAttempt(task) ?? {};
  const hint =
    hintedJobId === undefined ? `attribute_not_exists({${at}.hintedJobId})` : `{${at}.hintedJobId} = :hint`;
  const absent = ['failure', 'result', 'wake'].map((name) => `attribute_not_exists({${name}})`);
  return context.tasks.amend(
    task.id,
    { set: { failure: toTaskFailure(task, failure, context), [`${at}.failure`]: failure } },
    {
      text: ['{state} = :state', `{${at}.outcome} = :outcome`, hint, ...absent].join(' AND '),
      values: {
        ':state': task.state,
        ':outcome': outcome,
        ...(hintedJobId !== undefined && { ':hint': hintedJobId }),
      },
    },
  );
}

/** What the failure of an attempt is for its task: nothing where another offer may mend it. */
function toTaskFailure(task: Task, failure: Failure, context: StepContext): Failure | undefined {
  if (isWorthAnotherOffer(failure)) return undefined;
  return isStoppedOnRequest(task, failure, context) ? canceledOnRequest : failure;
}

/**
 * It failed for no reason of its own, at a provider that cancels jobs: who asked it may have died before that was
 * written down.
 */
function isStoppedOnRequest(
  { cancelRequestedAt, provider }: Task,
  { code, charged }: Failure,
  { providers }: StepContext,
): boolean {
  const mayBeAsked = cancelRequestedAt !== undefined && providers.get(provider)?.cancel !== undefined;
  return mayBeAsked && code === 'generation_failed' && charged === 'no';
}

interface Output {
  readonly url: string;
  readonly cost: number | undefined;
}

async function recordOutput(
  task: Task,
  { url, cost }: Output,
  { tasks, clock }: StepContext,
): Promise<Written> {
  return tasks.transition(task.id, {
    from: ['processing'],
    to: 'archiving',
    guard: { text: 'attribute_not_exists({failure})' },
    set: {
      outputUrl: url,
      archivingAt: clock.now().toISOString(),
      [`${attemptPath(task.attempts.length)}.reportedCostMicroUsd`]: cost,
    },
  });
}

/** After the last look a job that is not done is given up. */
async function recordOverdue(task: Task, progress: JobProgress, context: StepContext): Promise<Written> {
  if (!isLastLook(deadlineOf(task, context), progress.kind === 'unreadable' || progress.kind === 'succeeded'))
    return task;
  return recordFailure(task, progress.kind === 'succeeded' ? withoutVideo : tooLate, context);
}

const withoutVideo: Failure = {
  code: 'bad_upstream_result',
  message: 'The provider reported success, but gave no video until the deadline',
  charged: 'yes',
};

const tooLate: Failure = {
  code: 'deadline_exceeded',
  message: 'The provider did not finish the video before the deadline',
  charged: 'unknown',
};
