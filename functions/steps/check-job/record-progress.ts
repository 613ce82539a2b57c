import { type Failure, isWorthAnotherOffer, type JobProgress } from '../../../shared/domain/job-progress.ts';
import { isLastLook } from '../../../shared/domain/look-schedule.ts';
import { currentAttempt, type Task } from '../../../shared/domain/task.ts';
import { logger } from '../../../shared/logger.ts';
import { count } from '../../../shared/metrics.ts';
import { deadlineOf } from '../../../shared/steps/decision.ts';
import type { StepContext } from '../../../shared/steps/step-context.ts';
import type { Written } from '../../../shared/storage/task-store.ts';

/** Writes down what a look at the task's own job saw. A job that merely goes on is not written. */
export async function recordProgress(
  task: Task,
  progress: JobProgress,
  context: StepContext,
): Promise<Written> {
  switch (progress.kind) {
    case 'succeeded': {
      const output = progress.outputs[0];
      if (output === undefined) return recordOverdue(task, progress, context);
      return recordOutput(task, { url: output.url, cost: progress.reportedCostMicroUsd }, context);
    }
    case 'failed':
      return recordFailure(task, progress.failure, context);
    case 'running':
      if (progress.unknownStatus !== undefined) {
        count('UnknownProviderStatus', { provider: task.provider });
        logger.warn('The provider answered an unknown status', {
          taskId: task.id,
          provider: task.provider,
          status: progress.unknownStatus,
        });
      }
      return recordOverdue(task, progress, context);
    case 'queued':
      return recordOverdue(task, progress, context);
    case 'unreadable':
      logger.warn('A look could not be read', {
        taskId: task.id,
        provider: task.provider,
        reason: progress.message,
      });
      return recordOverdue(task, progress, context);
  }
}

/**
 * What another offer may mend fails its attempt only; anything else is the end of the task. Only while the row
 * still says what the decision was based on. Nobody may have rung since the look, nor named a job: then there is
 * one more look.
 */
export async function recordFailure(task: Task, failure: Failure, { tasks }: StepContext): Promise<Written> {
  const at = `attempts[${task.attempts.length - 1}]`;
  const { outcome, hintedJobId } = currentAttempt(task) ?? {};
  const hint =
    hintedJobId === undefined ? `attribute_not_exists({${at}.hintedJobId})` : `{${at}.hintedJobId} = :hint`;
  const absent = ['failure', 'result', 'wake'].map((name) => `attribute_not_exists({${name}})`);
  return tasks.amend(
    task.id,
    { set: { failure: isWorthAnotherOffer(failure) ? undefined : failure, [`${at}.failure`]: failure } },
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
      [`attempts[${task.attempts.length - 1}].reportedCostMicroUsd`]: cost,
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
