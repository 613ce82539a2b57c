import { removalDueAt } from '../../shared/domain/retention.ts';
import type { Task } from '../../shared/domain/task.ts';
import { type RemovalContext, removeContent, removeFiles } from '../../shared/ordering/remove-video.ts';
import type { TaskStore } from '../../shared/storage/task-store.ts';
import type { SweepContext } from './sweep.ts';

interface RemovalTools extends Pick<SweepContext, 'clock'> {
  readonly media: RemovalContext['media'];
  readonly tasks: RemovalContext['tasks'] & Pick<TaskStore, 'amendTerminal'>;
}

/**
 * Removes the files of a task that ended and has nothing else left to do, once their time has come: it is not due any
 * more after that. Whoever dies in between leaves it due, and the next one removes what is gone already. A webhook that
 * cannot be handed over keeps no file: it stays due for that, and its files are removed again each time.
 */
export async function removeWhenDue(task: Task, tools: RemovalTools): Promise<'removed' | 'nothing'> {
  const { id, nextDueAt, followUps } = task;
  const dueAt = removalDueAt(task);
  if (nextDueAt === undefined || followUps.some((followUp) => followUp !== 'webhook')) return 'nothing';
  const isDue = dueAt !== undefined && dueAt <= tools.clock.now().toISOString();
  const removed = isDue ? 'removed' : 'nothing';
  if (isDue) await remove(task, tools);
  if (followUps.length > 0) return removed;
  const changes = isDue || dueAt === undefined ? { remove: ['nextDueAt'] } : { set: { nextDueAt: dueAt } };
  // Somebody may have given it more to do meanwhile, with a moment of its own.
  const asRead = '{nextDueAt} = :due AND size({followUps}) = :none';
  await tools.tasks.amendTerminal(id, changes, { text: asRead, values: { ':due': nextDueAt, ':none': 0 } });
  return removed;
}

function remove(task: Task, tools: RemovalTools): Promise<void> {
  return task.deletedAt === undefined ? removeFiles(task, tools) : removeContent(task, tools);
}
