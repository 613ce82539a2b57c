import { secondsBetween } from '../../../shared/clock.ts';
import type { Failure, Job, JobProgress } from '../../../shared/domain/job-progress.ts';
import { isLastLook, wokenLookSeconds } from '../../../shared/domain/look-schedule.ts';
import { type Attempt, currentAttempt, type Task } from '../../../shared/domain/task.ts';
import { positionOf } from '../../../shared/domain/task-outcome.ts';
import type { StepDecision, StepInput } from '../../../shared/domain/workflow-state.ts';
import { NotFoundError } from '../../../shared/errors.ts';
import { recordAccepted, recordUnknown } from '../../../shared/steps/attempt-outcome.ts';
import { decisionOf, typicalSecondsOf, waitOf } from '../../../shared/steps/decision.ts';
import { jobOf, lookAtJob } from '../../../shared/steps/look-at-job.ts';
import type { StepContext } from '../../../shared/steps/step-context.ts';
import { requireTask, type Written } from '../../../shared/storage/task-store.ts';
import { recordFailure, recordProgress } from './record-progress.ts';

/** The time-out of the workflow's submit state: no worker outlives it. */
const maxSubmitSeconds = 90;

/** How long a finished video is tried to be copied: links live for hours, and an operator may mend what is wrong. */
const maxArchivingSeconds = 6 * 60 * 60;

/** Forgets the ring that ended the sleep, then looks at the job and decides what comes next. */
export async function checkJob({ taskId }: StepInput, context: StepContext): Promise<StepDecision> {
  const awake = await context.tasks.takeWake(taskId);
  if (awake === undefined) throw new NotFoundError(`The task ${taskId}`);
  const written = await observe(awake.task, context);
  const task = written === 'stale' ? await requireTask(taskId, context.tasks) : written;
  const decision = decisionOf(task, context);
  const isEarlyRing = awake.isWoken && decision.decision === 'await';
  return isEarlyRing ? { decision: 'await', nextLookSeconds: wokenLookSeconds } : decision;
}

async function observe(task: Task, context: StepContext): Promise<Written> {
  const attempt = currentAttempt(task);
  if (attempt === undefined) return task;
  switch (positionOf(task)) {
    case 'claimed':
      return observeClaimed(task, attempt, context);
    case 'awaiting':
      return attempt.outcome === 'unknown'
        ? observeUnknown(task, attempt, context)
        : observeJob(task, jobOf(attempt), context);
    case 'archiving':
      return observeArchiving(task, context);
    default:
      return task;
  }
}

/** Its worker may still be sending; once it cannot live any more, nobody knows what it did. */
async function observeClaimed(task: Task, attempt: Attempt, context: StepContext): Promise<Written> {
  if (attempt.hintedJobId !== undefined) return observeUnknown(task, attempt, context);
  const isWorkerGone = secondsBetween(attempt.claimedAt, context.clock.now()) >= maxSubmitSeconds;
  return isWorkerGone ? recordUnknown(toRecord(task, attempt, context)) : task;
}

/** Archiving failed, over and over: the provider's link may yet come back, but not for ever. */
async function observeArchiving(task: Task, context: StepContext): Promise<Written> {
  const since = task.archivingAt ?? task.createdAt;
  const isHopeless = secondsBetween(since, context.clock.now()) > maxArchivingSeconds;
  return isHopeless ? recordFailure(task, archiveFailed, context) : task;
}

async function observeJob(task: Task, job: Job | undefined, context: StepContext): Promise<Written> {
  if (job === undefined) throw new Error(`Task ${task.id} is processing without a job`);
  return recordProgress(task, await lookAtJob(task, job, context), context);
}

/** Adopts the job that a callback named, once the provider confirms it and no other task owns it. */
async function observeUnknown(task: Task, attempt: Attempt, context: StepContext): Promise<Written> {
  if (attempt.hintedJobId !== undefined) {
    const job = { id: attempt.hintedJobId };
    const progress = await lookAtJob(task, job, context);
    const adopted = await adopt(task, { attempt, job, progress }, context);
    if (adopted !== 'not_ours')
      return adopted === 'stale' ? 'stale' : recordProgress(adopted, progress, context);
  }
  if (attempt.outcome === undefined) return task;
  const isHopeless = attempt.callbackSecretHash === undefined || isLastLook(waitOf(task, context), false);
  return isHopeless ? recordFailure(task, submitUnknown, context) : task;
}

interface Hint {
  readonly attempt: Attempt;
  readonly job: Job;
  readonly progress: JobProgress;
}

async function adopt(
  task: Task,
  { attempt, job, progress }: Hint,
  context: StepContext,
): Promise<Written | 'not_ours'> {
  if (progress.kind === 'unreadable') return 'not_ours';
  if (!(await context.tasks.claimJob(attempt.provider, job.id, task.id))) return 'not_ours';
  return recordAccepted(toRecord(task, attempt, context), job);
}

function toRecord(task: Task, attempt: Attempt, { tasks, clock, providers }: StepContext) {
  const typicalSeconds = typicalSecondsOf(task, providers);
  return { tasks, taskId: task.id, attempt, now: clock.now(), typicalSeconds };
}

const archiveFailed: Failure = {
  code: 'archive_failed',
  message: 'The provider made the video, but within six hours it could not be copied from there',
  charged: 'yes',
};

const submitUnknown: Failure = {
  code: 'submit_unknown',
  message:
    'Whether the provider took the order is not known; the amount stays held until somebody reviews it',
  charged: 'unknown',
};
