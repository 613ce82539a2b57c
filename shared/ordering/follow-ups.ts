import type { FollowUp, Task } from '../domain/task.ts';
import { giveBackPlace } from '../limits/give-back.ts';
import type { LimitsContext } from '../limits/limits-context.ts';
import type { TaskView } from '../storage/task-store.ts';
import { deliverToOutbox, type OutboxContext } from './outbox.ts';

export interface FollowUpContext extends OutboxContext, LimitsContext {
  readonly providers: LimitsContext['providers'] & OutboxContext['providers'];
}

/** Does what a task's end left to do, clearing each part once it is done. Returns whether anything was. */
export async function finishFollowUps(taskId: string, context: FollowUpContext): Promise<boolean> {
  const view = await context.tasks.getTaskView(taskId);
  if (view === undefined || view.task.followUps.length === 0) return false;
  for (let rest = view.task.followUps; rest.length > 0; rest = rest.slice(1)) {
    await finish(rest[0], view, context);
    const followUps = rest.slice(1);
    const remove = followUps.length === 0 ? ['nextDueAt'] : [];
    await context.tasks.amendTerminal(taskId, { set: { followUps }, remove });
  }
  return true;
}

/** Each kind may be done twice: it is cleared only afterwards. */
async function finish(
  followUp: FollowUp | undefined,
  view: TaskView,
  context: FollowUpContext,
): Promise<void> {
  switch (followUp) {
    case 'lease':
      return giveBackPlaces(view.task, context);
    case 'outbox':
      return deliverToOutbox(view, context);
    case 'removal':
      return removeVideo(view.task, context);
    case undefined:
      return;
    default:
      followUp satisfies never;
  }
}

async function removeVideo({ result }: Task, { media }: FollowUpContext): Promise<void> {
  if (result !== undefined) await media.deleteObject(result.key);
}

/** At every provider where it held a place, or waited for one. */
async function giveBackPlaces(task: Task, context: FollowUpContext): Promise<void> {
  const holders = task.attempts.filter(({ hasLease }) => hasLease === true).map(({ provider }) => provider);
  if (task.queuedAt !== undefined) await context.queue.leave(task.provider, task);
  for (const provider of new Set([...holders, task.provider]))
    await giveBackPlace(provider, task.id, context);
}
