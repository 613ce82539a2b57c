import type { JobProgress } from '../../../shared/domain/job-progress.ts';
import type { Attempt, Task } from '../../../shared/domain/task.ts';
import { recordAccepted } from '../../../shared/steps/attempt-outcome.ts';
import { toOutcomeRecord } from '../../../shared/steps/decision.ts';
import { lookAtJob } from '../../../shared/steps/look-at-job.ts';
import type { StepContext } from '../../../shared/steps/step-context.ts';
import type { Written } from '../../../shared/storage/task-store.ts';

/** `unreadable`: the provider did not say whether there is such a job. */
export type Adoption =
  | { readonly kind: 'adopted'; readonly written: Written; readonly progress: JobProgress }
  | { readonly kind: 'unreadable' }
  | { readonly kind: 'none' };

/** Adopts the job that a callback named, once the provider confirms it and no other task owns it. */
export async function adoptJob(task: Task, attempt: Attempt, context: StepContext): Promise<Adoption> {
  if (attempt.hintedJobId === undefined) return { kind: 'none' };
  const job = { id: attempt.hintedJobId };
  const progress = await lookAtJob(task, job, context);
  if (progress.kind === 'unreadable') return { kind: 'unreadable' };
  if (!(await context.tasks.claimJob(attempt.provider, job.id, task.id))) return { kind: 'none' };
  const written = await recordAccepted(toOutcomeRecord(task, attempt, context), job);
  return { kind: 'adopted', written, progress };
}
