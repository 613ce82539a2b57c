import type { Job, JobProgress } from '../../../shared/domain/job-progress.ts';
import { attemptPath, currentAttempt, type Task } from '../../../shared/domain/task.ts';
import { logger } from '../../../shared/logger.ts';
import { cancelAtProvider } from '../../../shared/steps/cancel-at-provider.ts';
import { lookAtJob } from '../../../shared/steps/look-at-job.ts';
import type { StepContext } from '../../../shared/steps/step-context.ts';
import type { Written } from '../../../shared/storage/task-store.ts';

/** A job as it was seen last, and the row that this is to be written down on. */
export interface Sighting {
  readonly written: Written;
  readonly progress: JobProgress;
}

/**
 * Looks at a job, and where its customer asked for its end while it goes on, asks the provider to cancel it; once, and
 * remembers it afterwards: whoever dies in between asks again, which is harmless. The provider's word that it canceled
 * is believed only after another look: a job that was done by then is paid for.
 */
export async function lookAndCancel(task: Task, job: Job, context: StepContext): Promise<Sighting> {
  const progress = await lookAtJob(task, job, context);
  const unasked = { written: task, progress };
  if (!goesOn(progress)) return unasked;
  // Whatever the provider said: its job is there.
  if (currentAttempt(task)?.isCancelConfirmed === true) {
    return { written: await remember(task, { job, isConfirmed: false }, context), progress };
  }
  if (!isToBeAsked(task, context)) return unasked;
  const outcome = await cancelAtProvider(task, job, context);
  logger.info('A provider was to cancel a job', { taskId: task.id, jobId: job.id, outcome });
  switch (outcome.kind) {
    case 'not_asked':
      return unasked;
    case 'not_canceled':
      return { written: await remember(task, { job, isConfirmed: false }, context), progress };
    case 'canceled': {
      const after = await lookAtJob(task, job, context);
      const isConfirmed = after.kind === 'failed' || after.kind === 'unreadable';
      return { written: await remember(task, { job, isConfirmed }, context), progress: after };
    }
  }
}

function goesOn({ kind }: JobProgress): boolean {
  return kind === 'queued' || kind === 'running';
}

function isToBeAsked(task: Task, { providers }: StepContext): boolean {
  if (task.cancelRequestedAt === undefined) return false;
  const isAsked = currentAttempt(task)?.cancelAskedAt !== undefined;
  return !isAsked && providers.get(task.provider)?.cancel !== undefined;
}

interface Asked {
  readonly job: Job;
  readonly isConfirmed: boolean;
}

/** Whoever saw a video meanwhile knows better. */
async function remember(task: Task, { job, isConfirmed }: Asked, context: StepContext): Promise<Written> {
  const at = attemptPath(task.attempts.length);
  return context.tasks.amend(
    task.id,
    {
      setOnce: { [`${at}.cancelAskedAt`]: context.clock.now().toISOString() },
      set: { [`${at}.isCancelConfirmed`]: isConfirmed },
    },
    {
      text: `{state} = :processing AND {${at}.jobId} = :job AND attribute_not_exists({failure})`,
      values: { ':processing': 'processing', ':job': job.id },
    },
  );
}
