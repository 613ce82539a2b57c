import { currentAttempt, isTerminal, type Task } from '../../../shared/domain/task.ts';
import { positionOf } from '../../../shared/domain/task-outcome.ts';
import type { StepDecision, StepInput } from '../../../shared/domain/workflow-state.ts';
import { TransientStepError } from '../../../shared/errors.ts';
import { logger } from '../../../shared/logger.ts';
import type { ArchiveOutcome } from '../../../shared/media/archive.ts';
import type { VideoFacts } from '../../../shared/media/inspect-video.ts';
import { decisionOf } from '../../../shared/steps/decision.ts';
import { jobOf, lookAtJob } from '../../../shared/steps/look-at-job.ts';
import type { StepContext } from '../../../shared/steps/step-context.ts';
import { isLeft } from '../../../shared/storage/follow-up-conditions.ts';
import { videoKey } from '../../../shared/storage/media-store.ts';
import { requireTask, type Written } from '../../../shared/storage/task-store.ts';

export interface ArchiveContext extends StepContext {
  /** Copies the video behind `url` to `key` of the bucket. */
  readonly archive: (url: string, key: string) => Promise<ArchiveOutcome>;
  /** The facts of the video that lies under `key` of the bucket; undefined where none does. */
  readonly inspectStored: (key: string) => Promise<VideoFacts | undefined>;
}

/**
 * Copies the finished video into the bucket, from a fresh link where the old one is dead, and writes down what
 * was stored. Throws TransientStepError when it is worth another try: the state machine retries by that name.
 */
export async function archiveVideo({ taskId }: StepInput, context: ArchiveContext): Promise<StepDecision> {
  const task = await requireTask(taskId, context.tasks);
  const position = positionOf(task);
  if (position !== 'archiving' && position !== 'salvaging') return decisionOf(task, context);
  const written = await copyToBucket(task, context);
  return decisionOf(written === 'stale' ? await requireTask(taskId, context.tasks) : written, context);
}

async function copyToBucket(task: Task, context: ArchiveContext): Promise<Written> {
  const key = videoKey(task.id);
  const first = await tryCopy(task.outputUrl, key, context);
  const outcome =
    first.kind === 'dead_link' || first.kind === 'not_a_video'
      ? await tryCopy(await freshUrl(task, context), key, context)
      : first;
  return recordResult(task, { key, ...(await requireFacts(outcome, key, context)) }, context);
}

/** Whoever died between a copy and the row left a whole video behind, and its link may be dead for good since. */
async function requireFacts(
  outcome: ArchiveOutcome,
  key: string,
  { inspectStored }: ArchiveContext,
): Promise<VideoFacts> {
  if (outcome.kind !== 'archived') {
    const stored = await inspectStored(key);
    if (stored !== undefined) return stored;
    throw new TransientStepError(`The video was not archived: ${outcome.message}`);
  }
  const { kind, ...facts } = outcome;
  return facts;
}

/** The file of a task that was given up meanwhile is not its video any more; that of a late job is evidence. */
async function recordResult(
  { id, state }: Task,
  result: NonNullable<Task['result']>,
  { tasks }: ArchiveContext,
): Promise<Written> {
  const changes = { set: { result }, remove: ['outputUrl'] };
  if (!isTerminal(state)) return tasks.amend(id, changes, { text: 'attribute_not_exists({failure})' });
  const isOpen = isLeft('evidence');
  const guard = { ...isOpen, text: `${isOpen.text} AND attribute_not_exists({result})` };
  return tasks.amendTerminal(id, changes, guard);
}

async function tryCopy(
  url: string | undefined,
  key: string,
  { archive }: ArchiveContext,
): Promise<ArchiveOutcome> {
  if (url === undefined) return { kind: 'dead_link', message: 'the provider names no link' };
  const outcome = await archive(url, key);
  if (outcome.kind !== 'archived') logger.warn('A copy failed', { key, outcome });
  return outcome;
}

/** Asks the provider again: some links live for minutes only. */
async function freshUrl(task: Task, context: ArchiveContext): Promise<string | undefined> {
  const job = jobOf(currentAttempt(task));
  const progress = job && (await lookAtJob(task, job, context));
  return progress?.kind === 'succeeded' ? progress.outputs[0]?.url : undefined;
}
