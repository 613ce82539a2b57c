import type { Task } from '../../shared/domain/task.ts';
import { positionOf } from '../../shared/domain/task-outcome.ts';
import type { LimitsContext } from '../../shared/limits/limits-context.ts';
import { wakeTask } from '../../shared/limits/wake-task.ts';
import { isFreeToChoose } from '../../shared/routing/policies.ts';
import { releaseSleeper } from '../../shared/storage/workflow-starter.ts';

/**
 * Keeps a task from sleeping in vain: whoever rang may have died before it released the sleeper. One that sleeps
 * until there is a place for it may have no row in the queue, because a worker died or was late, or wait at a provider
 * that serves nobody any more while another one could.
 */
export async function tendSleeper(task: Task, context: LimitsContext): Promise<void> {
  const { wake, taskToken } = task;
  // Also one that looks into a late job: its task has ended, and cannot be rung for like a live one.
  if (wake !== undefined && taskToken !== undefined) return releaseSleeper(context.executions, taskToken);
  if (positionOf(task) !== 'unsent' || task.queuedAt === undefined) return;
  if (await shouldLeave(task, context)) await wakeTask(task.id, context);
  else await context.queue.join(task.provider, task);
}

async function shouldLeave(
  { id, provider, cancelRequestedAt }: Task,
  context: LimitsContext,
): Promise<boolean> {
  if (cancelRequestedAt !== undefined) return true;
  if (!context.providers.has(provider)) return true;
  if ((await context.standings.get(provider)).standing.stoppedAt === undefined) return false;
  const view = await context.tasks.getTaskView(id);
  return view !== undefined && isFreeToChoose(view.request);
}
