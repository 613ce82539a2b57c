import { secondsAfter } from '../clock.ts';
import { type Failure, isWorthAnotherOffer, type Job, type SubmitOutcome } from '../domain/job-progress.ts';
import { callbackDeadlineAfter, deadlineAfter } from '../domain/look-schedule.ts';
import { type Attempt, attemptPath } from '../domain/task.ts';
import type { TaskStore, Written } from '../storage/task-store.ts';
import type { ItemCondition } from '../storage/update-expression.ts';

/** The sweeper looks after a job once it is so far past its deadline. */
const sweepGraceSeconds = 10 * 60;

export interface OutcomeRecord {
  readonly tasks: TaskStore;
  readonly taskId: string;
  readonly attempt: Attempt;
  readonly now: Date;
  /** How long the job would usually take. */
  readonly typicalSeconds: number;
}

/**
 * Writes down how the attempt's submit ended. An outcome is written once; only `unknown` may later become
 * `accepted`, and not after the task was given up.
 */
export async function recordOutcome(record: OutcomeRecord, outcome: SubmitOutcome): Promise<Written> {
  switch (outcome.kind) {
    case 'accepted':
      return recordAccepted(record, outcome.job);
    case 'refused':
      return recordTurnDown(record, 'refused', outcome.failure);
    case 'not_sent':
      return recordTurnDown(record, 'not_sent', toUnreachable(outcome.message));
    case 'unknown':
      return recordUnknown(record);
  }
}

/**
 * The job first, then its ownership: after a crash between the two the job is known. A job that another task
 * owns is no proof of ours: the outcome is unknown. Safe to repeat.
 */
export async function recordAccepted(record: OutcomeRecord, job: Job): Promise<Written> {
  const { tasks, taskId, attempt, now } = record;
  const at = attemptPath(attempt.number);
  const written = await tasks.transition(taskId, {
    from: ['submitting', 'processing'],
    to: 'processing',
    guard: isOpenFor(job, at),
    set: {
      [`${at}.outcome`]: 'accepted',
      [`${at}.outcomeAt`]: now.toISOString(),
      [`${at}.jobId`]: job.id,
      [`${at}.jobRoute`]: job.route,
      ...toWaiting(deadlineAfter(now)),
    },
  });
  if (written === 'stale' || (await tasks.claimJob(attempt.provider, job.id, taskId))) return written;
  const remove = [`${at}.jobId`, `${at}.jobRoute`];
  return tasks.amend(taskId, { set: { [`${at}.outcome`]: 'unknown' }, remove });
}

/** Holds while nobody knows how the submit ended, or knows it to be this job; not after it was given up. */
function isOpenFor(job: Job, at: string): ItemCondition {
  const outcomes = `attribute_not_exists({${at}.outcome}) OR {${at}.outcome} = :unknown OR {${at}.jobId} = :job`;
  return {
    text: `(${outcomes}) AND attribute_not_exists({failure})`,
    values: { ':unknown': 'unknown', ':job': job.id },
  };
}

export async function recordUnknown(record: OutcomeRecord): Promise<Written> {
  const { tasks, taskId, attempt, now, typicalSeconds } = record;
  const at = attemptPath(attempt.number);
  const waiting = toWaiting(callbackDeadlineAfter(now, typicalSeconds));
  return tasks.transition(taskId, {
    from: ['submitting'],
    to: 'processing',
    guard: { text: `attribute_not_exists({${at}.outcome})` },
    set: { [`${at}.outcome`]: 'unknown', [`${at}.outcomeAt`]: now.toISOString(), ...waiting },
  });
}

/** What another offer may mend is not the end of the task: only its attempt has failed. */
async function recordTurnDown(
  { tasks, taskId, attempt, now }: OutcomeRecord,
  outcome: 'refused' | 'not_sent',
  failure: Failure,
): Promise<Written> {
  const at = attemptPath(attempt.number);
  return tasks.amend(
    taskId,
    {
      set: {
        failure: isWorthAnotherOffer(failure) ? undefined : failure,
        [`${at}.outcome`]: outcome,
        [`${at}.outcomeAt`]: now.toISOString(),
        [`${at}.failure`]: failure,
      },
    },
    { text: `attribute_not_exists({${at}.outcome})` },
  );
}

/** Looks count from here: those before it looked at nothing. */
function toWaiting(deadlineAt: string) {
  return { looks: 0, deadlineAt, nextDueAt: secondsAfter(deadlineAt, sweepGraceSeconds) };
}

function toUnreachable(message: string): Failure {
  return { code: 'provider_unreachable', message, charged: 'no' };
}
