import { secondsAfter } from '../../../shared/clock.ts';
import type { Failure, JobProgress } from '../../../shared/domain/job-progress.ts';
import { deadlineAfter, isLastLook, maxArchivingSeconds } from '../../../shared/domain/look-schedule.ts';
import {
  type Attempt,
  attemptPath,
  currentAttempt,
  type EvidenceVerdict,
  type Task,
} from '../../../shared/domain/task.ts';
import { deadlineOf } from '../../../shared/steps/decision.ts';
import { jobOf, lookAtJob } from '../../../shared/steps/look-at-job.ts';
import type { StepContext } from '../../../shared/steps/step-context.ts';
import { areLeft, isLeft } from '../../../shared/storage/follow-up-conditions.ts';
import type { Written } from '../../../shared/storage/task-store.ts';
import { noteProgress } from './record-progress.ts';

/**
 * One look at a job that showed up after its task had ended as `submit_unknown`. What it sees is kept for whoever
 * reviews the hold: it changes neither the state of the task nor its money.
 */
export async function lookIntoEvidence(task: Task, attempt: Attempt, context: StepContext): Promise<Written> {
  const job = jobOf(attempt);
  if (job === undefined) return seek(task, attempt, context);
  // Another step copies its video; this one ends that after hours in vain.
  if (task.outputUrl !== undefined) return judgeWhenOverdue(task, { kind: 'running' }, context);
  return follow(task, await lookAtJob(task, job, context), context);
}

/** The job is attached once the provider confirms it and no other task owns it. */
async function seek(task: Task, attempt: Attempt, context: StepContext): Promise<Written> {
  const { provider, hintedJobId: jobId } = attempt;
  if (jobId === undefined) throw new Error(`Task ${task.id} looks for a job without a name`);
  const progress = await lookAtJob(task, { id: jobId }, context);
  if (progress.kind === 'unreadable') return follow(task, progress, context);
  if (!(await context.tasks.claimJob(provider, jobId, task.id)))
    return judge(task, { verdict: 'foreign' }, context);
  const attached = await attach(task, jobId, context);
  return attached === 'stale' ? 'stale' : follow(attached, progress, context);
}

async function attach(task: Task, jobId: string, { tasks, clock }: StepContext): Promise<Written> {
  const now = clock.now();
  const at = attemptPath(task.attempts.length);
  const isOpen = isLeft('evidence');
  return tasks.amendTerminal(
    task.id,
    {
      set: {
        [`${at}.jobId`]: jobId,
        'evidence.since': now.toISOString(),
        deadlineAt: deadlineAfter(now),
      },
    },
    {
      text: `${isOpen.text} AND attribute_not_exists({${at}.jobId}) AND {${at}.hintedJobId} = :job`,
      values: { ...isOpen.values, ':job': jobId },
    },
  );
}

async function follow(task: Task, progress: JobProgress, context: StepContext): Promise<Written> {
  noteProgress(task, progress);
  switch (progress.kind) {
    case 'succeeded': {
      const output = progress.outputs[0];
      if (output === undefined) return judgeWhenOverdue(task, progress, context);
      return keepOutput(task, { url: output.url, cost: progress.reportedCostMicroUsd }, context);
    }
    case 'failed':
      return judge(task, { verdict: 'failed', failure: progress.failure }, context);
    case 'queued':
    case 'running':
    case 'unreadable':
      return judgeWhenOverdue(task, progress, context);
  }
}

interface Output {
  readonly url: string;
  readonly cost: number | undefined;
}

async function keepOutput(
  task: Task,
  { url, cost }: Output,
  { tasks, clock }: StepContext,
): Promise<Written> {
  const isOpen = isLeft('evidence');
  return tasks.amendTerminal(
    task.id,
    {
      set: {
        outputUrl: url,
        [`${attemptPath(task.attempts.length)}.reportedCostMicroUsd`]: cost,
        deadlineAt: secondsAfter(clock.now(), maxArchivingSeconds),
      },
    },
    { ...isOpen, text: `${isOpen.text} AND attribute_not_exists({outputUrl})` },
  );
}

async function judgeWhenOverdue(task: Task, progress: JobProgress, context: StepContext): Promise<Written> {
  const isInconclusive = progress.kind === 'unreadable' || progress.kind === 'succeeded';
  if (!isLastLook(deadlineOf(task, context), isInconclusive)) return task;
  const cost = progress.kind === 'succeeded' ? progress.reportedCostMicroUsd : undefined;
  const isFound = currentAttempt(task)?.jobId !== undefined;
  return judge(task, { verdict: isFound ? 'without_video' : 'unconfirmed', cost }, context);
}

interface Finding {
  readonly verdict: EvidenceVerdict;
  readonly failure?: Failure;
  readonly cost?: number | undefined;
}

/** Ends the looks without a video. Nobody may have rung since, nor named another job: then there is one more look. */
async function judge(
  task: Task,
  { verdict, failure, cost }: Finding,
  { tasks }: StepContext,
): Promise<Written> {
  const at = attemptPath(task.attempts.length);
  const followUps = task.followUps.filter((followUp) => followUp !== 'evidence');
  const areAsRead = areLeft(task.followUps);
  const absent = ['result', 'wake'].map((name) => `attribute_not_exists({${name}})`);
  return tasks.amendTerminal(
    task.id,
    {
      set: {
        'evidence.verdict': verdict,
        'evidence.failure': failure,
        [`${at}.reportedCostMicroUsd`]: cost,
        followUps,
      },
      remove: ['outputUrl', ...(followUps.length === 0 ? ['nextDueAt'] : [])],
    },
    {
      text: [areAsRead.text, `{${at}.hintedJobId} = :hint`, ...absent].join(' AND '),
      values: { ...areAsRead.values, ':hint': currentAttempt(task)?.hintedJobId },
    },
  );
}
