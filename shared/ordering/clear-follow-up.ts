import { removalDueAt } from '../domain/retention.ts';
import type { FollowUp, Task } from '../domain/task.ts';
import { areLeft } from '../storage/follow-up-conditions.ts';
import type { TaskStore, Written } from '../storage/task-store.ts';

/**
 * Takes what was done off a task's list, if the list is still as it was read: else something was added, and would be
 * lost. Nor may the task have been deleted meanwhile: what was written for it then is still to be removed. The last one
 * leaves the task to the removal of its files.
 */
export function clearFollowUp(
  task: Task,
  done: FollowUp,
  tasks: Pick<TaskStore, 'amendTerminal'>,
): Promise<Written> {
  const { id, state } = task;
  const followUps = task.followUps.filter((followUp) => followUp !== done);
  const dueAt = followUps.length === 0 ? removalDueAt(task) : task.nextDueAt;
  const changes = { set: { followUps, nextDueAt: dueAt }, remove: dueAt === undefined ? ['nextDueAt'] : [] };
  const areAsRead = areLeft(task.followUps);
  const isUndeleted = task.deletedAt === undefined ? ' AND attribute_not_exists({deletedAt})' : '';
  return tasks.amendTerminal(id, changes, {
    // The state too: what was done for a failed task is not done for the same task once it is completed.
    text: `${areAsRead.text} AND {state} = :state${isUndeleted}`,
    values: { ...areAsRead.values, ':state': state },
  });
}
