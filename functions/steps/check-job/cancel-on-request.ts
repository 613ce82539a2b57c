import { canceledOnRequest, type Job } from '../../../shared/domain/job-progress.ts';
import { currentAttempt, type Task } from '../../../shared/domain/task.ts';
import { logger } from '../../../shared/logger.ts';
import { cancelAtProvider } from '../../../shared/steps/cancel-at-provider.ts';
import type { StepContext } from '../../../shared/steps/step-context.ts';
import type { Written } from '../../../shared/storage/task-store.ts';

/**
 * Asks the provider to cancel the job of a task whose customer asked for its end; once, and remembers it afterwards:
 * whoever dies in between asks again, which is harmless. A job that is not canceled runs on.
 */
export async function cancelOnRequest(task: Task, job: Job, context: StepContext): Promise<Written> {
  if (!isToBeAsked(task, context)) return task;
  const outcome = await cancelAtProvider(task, job, context);
  const { id, provider } = task;
  logger.info('A provider was asked to cancel a job', { taskId: id, provider, jobId: job.id, outcome });
  const at = `attempts[${task.attempts.length - 1}]`;
  const asked = { [`${at}.cancelAskedAt`]: context.clock.now().toISOString() };
  switch (outcome.kind) {
    case 'canceled':
      return context.tasks.amend(
        id,
        { set: { ...asked, failure: canceledOnRequest, [`${at}.failure`]: canceledOnRequest } },
        isStillWorking(at, job),
      );
    case 'not_canceled':
      return context.tasks.amend(id, { set: asked });
  }
}

function isToBeAsked(task: Task, { providers }: StepContext): boolean {
  if (task.cancelRequestedAt === undefined) return false;
  const isAsked = currentAttempt(task)?.cancelAskedAt !== undefined;
  return !isAsked && providers.get(task.provider)?.cancel !== undefined;
}

/** Whoever saw a video meanwhile knows better. A ring changes nothing: the job it is about is gone. */
function isStillWorking(at: string, { id }: Job) {
  return {
    text: `{state} = :processing AND {${at}.jobId} = :job AND attribute_not_exists({failure})`,
    values: { ':processing': 'processing', ':job': id },
  };
}
