import * as z from 'zod';
import { secondsAfter } from '../../shared/clock.ts';
import { isTerminal, type Task } from '../../shared/domain/task.ts';
import { ConchError } from '../../shared/errors.ts';
import { type HttpAnswer, jsonAnswer } from '../../shared/http/http-event.ts';
import { toVideoId } from '../../shared/ids.ts';
import { hasKeptHold } from '../../shared/ledger/resolve.ts';
import { logger } from '../../shared/logger.ts';
import { clearFollowUp } from '../../shared/ordering/clear-follow-up.ts';
import { removeContent } from '../../shared/ordering/remove-video.ts';
import { isLeft } from '../../shared/storage/follow-up-conditions.ts';
import { requireTask } from '../../shared/storage/task-store.ts';
import type { ItemCondition } from '../../shared/storage/update-expression.ts';
import type { AccountRequest, ApiDependencies } from './api-dependencies.ts';
import { requireOwnTask } from './require-video.ts';

export const deleteVideoParameters = z.object({ id: z.string() });
type DeletionDependencies = Pick<ApiDependencies, 'tasks' | 'media' | 'clock'>;

/** After this a removal that is not done is the sweeper's. */
const removalGraceSeconds = 60;

/**
 * DELETE /v1/videos/{id}: from the one write on that it begins with, the video is gone for its customer; its files
 * and what was said in its order follow at once, or within minutes. Its row stays, for the ledger and for repeats.
 */
export async function deleteVideo(
  { parameters: { id }, account }: AccountRequest<z.infer<typeof deleteVideoParameters>>,
  api: DeletionDependencies,
): Promise<HttpAnswer> {
  const task = await requireOwnTask({ id, account }, api.tasks);
  if (task.deletedAt === undefined) await removeNow(await markDeleted(task, api), api);
  return jsonAnswer(200, { id: toVideoId(task.id), object: 'video.deleted', deleted: true });
}

async function markDeleted(task: Task, { tasks, clock }: DeletionDependencies): Promise<Task> {
  refuseToDelete(task);
  const now = clock.now();
  const set = { deletedAt: now.toISOString(), nextDueAt: secondsAfter(now, removalGraceSeconds) };
  const changes = { set, append: { followUps: ['removal'] } };
  const written = await tasks.amendTerminal(task.id, changes, isDeletable);
  if (written !== 'stale') return written;
  const current = await requireTask(task.id, tasks);
  if (current.deletedAt !== undefined) return current;
  refuseToDelete(current);
  throw new ConchError('temporarily_unavailable', 'The video changed while it was deleted; try again');
}

function refuseToDelete(task: Task): void {
  const id = toVideoId(task.id);
  if (!isTerminal(task.state)) {
    const hint = `POST /v1/videos/${id}/cancel asks for its end`;
    const message = `The video ${id} is ${task.state}; only one that has ended can be deleted. ${hint}`;
    throw new ConchError('video_not_ended', message);
  }
  const why = whyInReview(task);
  if (why !== undefined) throw new ConchError('video_in_review', `The video ${id} cannot be deleted: ${why}`);
}

function whyInReview(task: Task): string | undefined {
  if (hasKeptHold(task))
    return 'nobody knows yet whether its provider took money for it. Its hold is reviewed';
  if (!task.followUps.includes('evidence')) return undefined;
  return 'its job showed up late, and is being looked into. Try again in some hours, once that has ended';
}

/** As `refuseToDelete` has it, for the row as it is when it is written. */
const isSought = isLeft('evidence');
const isDeletable: ItemCondition = {
  text: `attribute_not_exists({deletedAt}) AND ({state} <> :failed OR attribute_exists({chargeMicroUsd})) AND NOT ${isSought.text}`,
  values: { ...isSought.values, ':failed': 'failed' },
};

/** What is deleted is never answered as an error: what cannot be removed now is removed by the sweeper. */
async function removeNow(task: Task, api: DeletionDependencies): Promise<void> {
  try {
    await removeContent(task, api);
    await clearFollowUp(task, 'removal', api.tasks);
  } catch (error) {
    logger.warn('A deleted video was not removed; the sweeper will remove it', { taskId: task.id, error });
  }
}
