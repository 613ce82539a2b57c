import type { TaskStore } from '../storage/task-store.ts';
import { deliverToOutbox, type OutboxContext } from './outbox.ts';

export interface FollowUpContext extends OutboxContext {
  readonly tasks: TaskStore;
}

/** Does what a task's end left to do, and clears it. Each part may be done twice. Returns whether anything was. */
export async function finishFollowUps(taskId: string, context: FollowUpContext): Promise<boolean> {
  const view = await context.tasks.getTaskView(taskId);
  if (view === undefined || view.task.followUps.length === 0) return false;
  for (const followUp of view.task.followUps) {
    switch (followUp) {
      case 'outbox':
        await deliverToOutbox(view, context);
    }
  }
  await context.tasks.amendTerminal(taskId, { set: { followUps: [] }, remove: ['nextDueAt'] });
  return true;
}
