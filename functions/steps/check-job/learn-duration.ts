import { learn } from '../../../shared/domain/generation-times.ts';
import { likelySeconds } from '../../../shared/domain/look-schedule.ts';
import { offerKey } from '../../../shared/domain/offer.ts';
import { currentAttempt, type Task } from '../../../shared/domain/task.ts';
import { typicalSecondsOf, waitOf } from '../../../shared/steps/decision.ts';
import type { StepContext } from '../../../shared/steps/step-context.ts';

interface FinishedJob {
  /** The row as it was before the look that found the job done. */
  readonly before: Task;
  /** Whether the provider rang, so that it ended just now. */
  readonly isRung: boolean;
}

/** Remembers how long the job took, for the looks and the routing of those to come. A lost lesson harms nobody. */
export async function learnDuration({ before, isRung }: FinishedJob, context: StepContext): Promise<void> {
  // Of a job that was adopted, nobody knows when it began.
  if (currentAttempt(before)?.outcome !== 'accepted') return;
  const seconds = likelySeconds(await waitOf(before, context), isRung);
  // As they are now: by what was recalled, each lesson would undo those since.
  const { times } = await context.standings.get(before.provider);
  const known = times.get(offerKey(before));
  const learned = learn(known, typicalSecondsOf(before, context.providers), seconds);
  await context.standings.putTimes(before.provider, offerKey(before), learned);
}
