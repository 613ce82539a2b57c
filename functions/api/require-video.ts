import { quoted } from '../../shared/domain/shown-text.ts';
import type { Task } from '../../shared/domain/task.ts';
import { NotFoundError } from '../../shared/errors.ts';
import { readAnyId } from '../../shared/providers/id-forms.ts';
import type { TaskStore, TaskView } from '../../shared/storage/task-store.ts';

interface VideoQuery {
  readonly id: string;
  readonly account: string;
}

/**
 * The account's own video, by its id in our form or any door's. Another account's is not found either, so that ids
 * cannot be probed, and neither is one that was deleted.
 */
export async function requireVideo({ id, account }: VideoQuery, tasks: TaskStore): Promise<TaskView> {
  const taskId = readAnyId(id);
  const view = taskId === undefined ? undefined : await tasks.getTaskView(taskId);
  if (view?.task.account !== account || view.task.deletedAt !== undefined) throw notFound(id);
  return view;
}

/** As `requireVideo`, but also a deleted one. */
export async function requireOwnTask({ id, account }: VideoQuery, tasks: TaskStore): Promise<Task> {
  const taskId = readAnyId(id);
  const task = taskId === undefined ? undefined : await tasks.getTask(taskId);
  if (task?.account !== account) throw notFound(id);
  return task;
}

function notFound(id: string): NotFoundError {
  return new NotFoundError(`The video ${quoted(id)}`);
}
