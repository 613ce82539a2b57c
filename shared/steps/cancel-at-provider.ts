import type { CancelOutcome, Job } from '../domain/job-progress.ts';
import type { Task } from '../domain/task.ts';
import { inTurn } from './look-at-job.ts';
import { accessProvider, type StepContext } from './step-context.ts';

/** Short beside a look, because one follows in the same step. */
const cancelTimeoutMs = 10_000;

/** Asks the provider of a task to cancel its job. Who cannot be asked has not canceled. */
export async function cancelAtProvider(task: Task, job: Job, context: StepContext): Promise<CancelOutcome> {
  const access = await accessProvider(context, task.provider, cancelTimeoutMs);
  if (access?.provider.cancel === undefined) {
    return { kind: 'not_canceled', message: `The provider ${task.provider} cannot be asked` };
  }
  return access.provider.cancel(job, { ...access.context, http: inTurn(task.provider, context) });
}
