import type { Clock } from '../../shared/clock.ts';
import { toOpenEvidence } from '../../shared/domain/evidence.ts';
import { attemptPath, currentAttempt, type Task } from '../../shared/domain/task.ts';
import { logger } from '../../shared/logger.ts';
import { isLeft } from '../../shared/storage/follow-up-conditions.ts';
import { requireTask, type TaskStore, type Written } from '../../shared/storage/task-store.ts';
import type { ItemCondition } from '../../shared/storage/update-expression.ts';

/** Between reading the row and writing to it somebody else may write, a few times at most. */
const maxTries = 5;

export interface LateJob {
  readonly taskId: string;
  /** Of the attempt that the callback is addressed to. */
  readonly attempt: number;
  readonly jobId: string;
  /** Whether the callback says that the job is over. */
  readonly isEnd: boolean;
}

interface LateJobContext {
  readonly tasks: TaskStore;
  readonly clock: Clock;
}

/**
 * The task was given up, and now a callback names its job. After a `submit_unknown` the row says, in the same write,
 * that this is to be looked into: the sweeper starts the next run for it. Returns the row of a task whose job is, or
 * is about to be, looked at; its sleeper is to be released.
 */
export async function noteLateJob(late: LateJob, context: LateJobContext): Promise<Task | undefined> {
  for (let tries = 0; tries < maxTries; tries += 1) {
    const task = await requireTask(late.taskId, context.tasks);
    const noted = await note(task, late, context);
    if (noted !== 'stale') return noted;
  }
  // The provider is told that it failed, and repeats its callback.
  throw new Error(`The task ${late.taskId} changes too fast to be told of its job ${late.jobId}`);
}

async function note(task: Task, late: LateJob, context: LateJobContext): Promise<Written | undefined> {
  const use = useOf(task, late);
  switch (use) {
    case 'open':
      return open(task, late, context);
    case 'ring':
      return ring(task, late, context);
    case 'name':
      await context.tasks.amendTerminal(task.id, { set: { [hintOf(late)]: late.jobId } });
      return undefined;
    case 'none':
      return undefined;
    default:
      return use satisfies never;
  }
}

/** What a late callback is good for: it opens the evidence, or wakes who looks into it, or is kept for people. */
function useOf(task: Task, { attempt: number, jobId, isEnd }: LateJob): 'open' | 'ring' | 'name' | 'none' {
  const { failure, result, deletedAt, followUps, evidence } = task;
  const attempt = currentAttempt(task);
  if (failure?.code !== 'submit_unknown' || deletedAt !== undefined) return 'name';
  if (result !== undefined || attempt?.number !== number) return 'none';
  if (attempt.jobId !== undefined && attempt.jobId !== jobId) return 'none';
  if (followUps.includes('evidence')) return isEnd ? 'ring' : 'none';
  const isJudged = evidence?.verdict === 'foreign' || evidence?.verdict === 'failed';
  return isJudged && jobId === (attempt.jobId ?? attempt.hintedJobId) ? 'none' : 'open';
}

async function open(task: Task, late: LateJob, { tasks, clock }: LateJobContext): Promise<Written> {
  const { jobId } = late;
  logger.warn('A callback named the job of a task that was given up', { taskId: task.id, jobId });
  const now = clock.now();
  const isFree = hasNoOtherJob(late);
  const isClosed = `NOT ${isLeft('evidence').text}`;
  const isUnpublished = 'attribute_not_exists({result}) AND attribute_not_exists({deletedAt})';
  return tasks.amendTerminal(
    task.id,
    {
      set: {
        [hintOf(late)]: jobId,
        ...toOpenEvidence(now),
        nextDueAt: now.toISOString(),
      },
      append: { followUps: ['evidence'] },
    },
    {
      text: `${isFree.text} AND ${isClosed} AND ${isUnpublished}`,
      values: { ...isFree.values, ...isLeft('evidence').values },
    },
  );
}

/** Until a job is attached, the name that came last is the one that is looked for. */
async function ring(task: Task, late: LateJob, { tasks, clock }: LateJobContext): Promise<Written> {
  const [isFree, isOpen] = [hasNoOtherJob(late), isLeft('evidence')];
  return tasks.amendTerminal(
    task.id,
    { set: { wake: clock.now().toISOString(), [hintOf(late)]: late.jobId } },
    { text: `${isFree.text} AND ${isOpen.text}`, values: { ...isFree.values, ...isOpen.values } },
  );
}

function hasNoOtherJob({ attempt, jobId }: LateJob): ItemCondition {
  const path = `${attemptPath(attempt)}.jobId`;
  return { text: `(attribute_not_exists({${path}}) OR {${path}} = :job)`, values: { ':job': jobId } };
}

function hintOf({ attempt }: LateJob): string {
  return `${attemptPath(attempt)}.hintedJobId`;
}
