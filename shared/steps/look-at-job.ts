import type { Job, JobProgress } from '../domain/job-progress.ts';
import type { Attempt, Task } from '../domain/task.ts';
import { takeSlot } from '../limits/take-slot.ts';
import type { UpstreamHttp } from '../providers/upstream-http.ts';
import { accessProvider, type StepContext } from './step-context.ts';

const lookTimeoutMs = 30_000;

/** One reading of a job's state at its provider. A provider that is switched off, or has no key, is unreadable. */
export async function lookAtJob(task: Task, job: Job, context: StepContext): Promise<JobProgress> {
  const access = await accessProvider(context, task.provider, lookTimeoutMs);
  if (access === undefined) {
    return { kind: 'unreadable', message: `The provider ${task.provider} is not enabled or has no API key` };
  }
  return access.provider.check(job, { ...access.context, http: inTurn(task.provider, context) });
}

/**
 * The client of what starts nothing: each of its requests waits for its turn, where the provider wants a distance
 * between any two.
 */
export function inTurn(provider: string, context: StepContext): UpstreamHttp {
  return async (request) => {
    if (await takeSlot(provider, context)) return context.http(request);
    return { kind: 'not_sent', message: `The limits of ${provider} leave no room for a request now` };
  };
}

/** The job that an attempt started; absent as long as none is known. */
export function jobOf(attempt: Attempt | undefined): Job | undefined {
  if (attempt?.jobId === undefined) return undefined;
  return { id: attempt.jobId, ...(attempt.jobRoute !== undefined && { route: attempt.jobRoute }) };
}
