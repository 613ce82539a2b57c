import { findOffer } from '../../shared/domain/offer.ts';
import { isExpired } from '../../shared/domain/retention.ts';
import { quoted } from '../../shared/domain/shown-text.ts';
import type { Task } from '../../shared/domain/task.ts';
import { operationOf } from '../../shared/domain/video-request.ts';
import { NotFoundError } from '../../shared/errors.ts';
import type { Caller } from '../../shared/http/authenticate.ts';
import { toDoorView } from '../../shared/ordering/door-view.ts';
import type { Door, DoorView } from '../../shared/providers/door.ts';
import { readAnyId } from '../../shared/providers/id-forms.ts';
import type { TaskView } from '../../shared/storage/task-store.ts';
import type { DoorDependencies } from './door-dependencies.ts';

/**
 * The account's own task, by its id in any form. Another account's is not found either, nor one that was deleted or
 * whose video has expired: no dialect has a word for that.
 */
export async function requireTaskView(
  text: string | undefined,
  { account }: Caller,
  { tasks, clock }: DoorDependencies,
): Promise<TaskView> {
  const taskId = readAnyId(text?.trim() ?? '');
  const view = taskId === undefined ? undefined : await tasks.getTaskView(taskId);
  if (view?.task.account === account && isShown(view.task, clock.now())) return view;
  throw new NotFoundError(text === undefined ? 'A task without an id' : `The task ${quoted(text)}`);
}

function isShown(task: Task, now: Date): boolean {
  return task.deletedAt === undefined && !isExpired(task, now);
}

export function showTask(door: Door, view: TaskView, dependencies: DoorDependencies): DoorView {
  const { publicUrl, clock, offers } = dependencies;
  const typicalSeconds = findOffer(offers, view.task)?.typicalSeconds;
  return toDoorView(door, view, { publicUrl, now: clock.now(), typicalSeconds });
}

/** An order that was accepted, with no more than its row says: for when the whole of it could not be shown. */
export function showAccepted(door: Door, { task, request }: TaskView): DoorView {
  const { provider, model, nativeModel } = task;
  return {
    id: door.ids.toText(task.id),
    status: 'queued',
    source: { operation: operationOf(request), model, nativeModel, provider },
    acceptedAt: task.createdAt,
    progress: 0,
    priceMicroUsd: task.holdMicroUsd,
  };
}
