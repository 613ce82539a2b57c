import { deadlineAfter } from './look-schedule.ts';

/**
 * What a row gets, beside the follow-up `evidence`, when a job is to be looked into that was named for a task that
 * ended as `submit_unknown`. The ring ends the first sleep of the run that does it at once.
 */
export function toOpenEvidence(now: Date) {
  const at = now.toISOString();
  return { evidence: { since: at }, deadlineAt: deadlineAfter(now), wake: at };
}
