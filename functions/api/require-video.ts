import { quoted } from '../../shared/domain/shown-text.ts';
import { NotFoundError } from '../../shared/errors.ts';
import { fromVideoId } from '../../shared/ids.ts';
import type { TaskStore, TaskView } from '../../shared/storage/task-store.ts';

interface VideoQuery {
  readonly id: string;
  readonly account: string;
}

/** The account's own video. Another account's is not found either, so that ids cannot be probed. */
export async function requireVideo({ id, account }: VideoQuery, tasks: TaskStore): Promise<TaskView> {
  const taskId = fromVideoId(id);
  const view = taskId === undefined ? undefined : await tasks.getTaskView(taskId);
  if (view?.task.account !== account) throw new NotFoundError(`The video ${quoted(id)}`);
  return view;
}
