import type { Task } from '../../shared/domain/task.ts';
import { positionOf } from '../../shared/domain/task-outcome.ts';
import type { LimitsContext } from '../../shared/limits/limits-context.ts';
import { wakeTask } from '../../shared/limits/wake-task.ts';
import { isFreeToChoose } from '../../shared/routing/policies.ts';

/**
 * Keeps a task that sleeps until there is a place for it from sleeping in vain: without a row in the queue, because
 * a worker died or was late, or at a provider that serves nobody any more while another one could.
 */
export async function tendSleeper(task: Task, context: LimitsContext): Promise<void> {
  if (positionOf(task) !== 'unsent' || task.queuedAt === undefined) return;
  if (await shouldLeave(task, context)) await wakeTask(task.id, context);
  else await context.queue.join(task.provider, task);
}

async function shouldLeave({ id, provider }: Task, context: LimitsContext): Promise<boolean> {
  if (!context.providers.has(provider)) return true;
  if ((await context.standings.get(provider)).standing.stoppedAt === undefined) return false;
  const view = await context.tasks.getTaskView(id);
  return view !== undefined && isFreeToChoose(view.request);
}
