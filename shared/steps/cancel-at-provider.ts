import type { CancelOutcome, Job } from '../domain/job-progress.ts';
import type { Task } from '../domain/task.ts';
import type { UpstreamHttp } from '../providers/upstream-http.ts';
import { inTurn } from './look-at-job.ts';
import { accessProvider, type StepContext } from './step-context.ts';

/** Short beside a look, because one follows in the same step. */
const cancelTimeoutMs = 10_000;

/** Asks the provider of a task to cancel its job. Who cannot be asked, or not now, was not asked. */
export async function cancelAtProvider(task: Task, job: Job, context: StepContext): Promise<CancelOutcome> {
  const access = await accessProvider(context, task.provider, cancelTimeoutMs);
  if (access?.provider.cancel === undefined) {
    return { kind: 'not_asked', message: `The provider ${task.provider} cannot be asked` };
  }
  const http = inTurn(task.provider, { ...context, http: timed(context.http) });
  return access.provider.cancel(job, { ...access.context, http });
}

/** The time runs from when a request may leave: what it waits for its turn before says nothing about the provider. */
function timed(http: UpstreamHttp): UpstreamHttp {
  return (request) => http({ ...request, signal: AbortSignal.timeout(cancelTimeoutMs) });
}
