import { secondsBetween } from '../../../shared/clock.ts';
import { canceledOnRequest, type Failure, type Job } from '../../../shared/domain/job-progress.ts';
import { isLastLook, maxArchivingSeconds, wokenLookSeconds } from '../../../shared/domain/look-schedule.ts';
import { type Attempt, currentAttempt, type Task } from '../../../shared/domain/task.ts';
import { isCanceledInTime, positionOf } from '../../../shared/domain/task-outcome.ts';
import type { StepDecision, StepInput } from '../../../shared/domain/workflow-state.ts';
import { NotFoundError } from '../../../shared/errors.ts';
import { giveBackPlace } from '../../../shared/limits/give-back.ts';
import { noteOutcome } from '../../../shared/limits/note-outcome.ts';
import { recordUnknown } from '../../../shared/steps/attempt-outcome.ts';
import { deadlineOf, decisionOf, toOutcomeRecord } from '../../../shared/steps/decision.ts';
import { jobOf } from '../../../shared/steps/look-at-job.ts';
import type { StepContext } from '../../../shared/steps/step-context.ts';
import { failUnsent, hasWaitedTooLong, waitedTooLong } from '../../../shared/steps/unsent.ts';
import { requireTask, type Written } from '../../../shared/storage/task-store.ts';
import { adoptJob } from './adopt-job.ts';
import { lookAndCancel, type Sighting } from './cancel-on-request.ts';
import { learnDuration } from './learn-duration.ts';
import { lookIntoEvidence } from './look-into-evidence.ts';
import { recordFailure, recordProgress } from './record-progress.ts';

/** Longer than the submit function may run: no worker outlives it. */
const maxSubmitSeconds = 90;

interface Awake {
  /** As it was before the look. */
  readonly task: Task;
  readonly isWoken: boolean;
}

/** Forgets the ring that ended the sleep, then looks at the job and decides what comes next. */
export async function checkJob({ taskId }: StepInput, context: StepContext): Promise<StepDecision> {
  const awake = await context.tasks.takeWake(taskId);
  if (awake === undefined) throw new NotFoundError(`The task ${taskId}`);
  const written = await observe(awake.task, context);
  const task = written === 'stale' ? await requireTask(taskId, context.tasks) : written;
  if (positionOf(awake.task) === 'awaiting') await learnFrom(awake, task, context);
  await giveBackWhenOver(task, context);
  const decision = await decisionOf(task, context);
  const isEarlyRing = awake.isWoken && decision.decision === 'await';
  return isEarlyRing ? { decision: 'await', nextLookSeconds: wokenLookSeconds } : decision;
}

/** What the end of a job says about its offer, and about its provider: one that fails what it took is not healthy. */
async function learnFrom(awake: Awake, task: Task, context: StepContext): Promise<void> {
  const failure = currentAttempt(task)?.failure;
  const position = positionOf(task);
  if (position === 'archiving') await learnDuration({ before: awake.task, isRung: awake.isWoken }, context);
  if (position === 'turned_down' && failure !== undefined)
    await noteOutcome(task.provider, { kind: 'refused', failure }, context);
}

/** The provider is done with the job: its place serves the next, while this video is still copied. */
async function giveBackWhenOver(task: Task, context: StepContext): Promise<void> {
  const attempt = currentAttempt(task);
  const isOver = ['turned_down', 'archiving', 'decided'].includes(positionOf(task));
  if (isOver && attempt?.hasLease === true) await giveBackPlace(attempt.provider, task.id, context);
}

async function observe(task: Task, context: StepContext): Promise<Written> {
  const attempt = currentAttempt(task);
  const position = positionOf(task);
  if (position === 'unsent' || position === 'turned_down') return observeUnsent(task, context);
  if (attempt === undefined) return task;
  switch (position) {
    case 'claimed':
      return observeClaimed(task, attempt, context);
    case 'awaiting':
      return attempt.outcome === 'unknown'
        ? observeUnknown(task, attempt, context)
        : observeJob(task, jobOf(attempt), context);
    case 'archiving':
      return observeArchiving(task, context);
    case 'sought':
    case 'found':
    case 'salvaging':
      return lookIntoEvidence(task, attempt, context);
    default:
      return task;
  }
}

/** Nothing is under way; the submit step may fail before it can see that it has waited too long, or shall end. */
async function observeUnsent(task: Task, context: StepContext): Promise<Written> {
  if (isCanceledInTime(task)) return failUnsent(task, canceledOnRequest, context);
  if (!hasWaitedTooLong(task, context)) return task;
  return failUnsent(task, currentAttempt(task)?.failure ?? waitedTooLong, context);
}

/** Its worker may still be sending; once it cannot live any more, nobody knows what it did. */
async function observeClaimed(task: Task, attempt: Attempt, context: StepContext): Promise<Written> {
  const adoption = await adoptJob(task, attempt, context);
  if (adoption.kind === 'adopted') return recordSighting(adoption, context);
  const isWorkerGone = secondsBetween(attempt.claimedAt, context.clock.now()) >= maxSubmitSeconds;
  return isWorkerGone ? recordUnknown(toOutcomeRecord(task, attempt, context)) : task;
}

/** Without a job to adopt it waits for a callback that names one, and for one that it could not read longer. */
async function observeUnknown(task: Task, attempt: Attempt, context: StepContext): Promise<Written> {
  const adoption = await adoptJob(task, attempt, context);
  if (adoption.kind === 'adopted') return recordSighting(adoption, context);
  const canCallBack = attempt.callbackSecretHash !== undefined;
  const isLast = isLastLook(deadlineOf(task, context), adoption.kind === 'unreadable');
  return canCallBack && !isLast ? task : recordFailure(task, submitUnknown, context);
}

async function recordSighting({ written, progress }: Sighting, context: StepContext): Promise<Written> {
  return written === 'stale' ? 'stale' : recordProgress(written, progress, context);
}

/** Archiving failed, over and over: the provider's link may yet come back, but not for ever. */
async function observeArchiving(task: Task, context: StepContext): Promise<Written> {
  const since = task.archivingAt ?? task.createdAt;
  const isHopeless = secondsBetween(since, context.clock.now()) > maxArchivingSeconds;
  return isHopeless ? recordFailure(task, archiveFailed, context) : task;
}

async function observeJob(task: Task, job: Job | undefined, context: StepContext): Promise<Written> {
  if (job === undefined) throw new Error(`Task ${task.id} is processing without a job`);
  return recordSighting(await lookAndCancel(task, job, context), context);
}

const archiveFailed: Failure = {
  code: 'archive_failed',
  message: 'The provider made the video, but within six hours it could not be copied from there',
  charged: 'yes',
};

const submitUnknown: Failure = {
  code: 'submit_unknown',
  message:
    'Nobody could tell whether the provider took the order; its amount is held until a person has reviewed it',
  charged: 'unknown',
};
