import { type FollowUp, isTerminal, type Task } from '../domain/task.ts';
import { giveBackPlace } from '../limits/give-back.ts';
import { handOver } from '../limits/hand-over.ts';
import type { LimitsContext } from '../limits/limits-context.ts';
import type { TaskView } from '../storage/task-store.ts';
import { clearFollowUp } from './clear-follow-up.ts';
import { deliverToOutbox, type OutboxContext } from './outbox.ts';
import { removeContent } from './remove-video.ts';

export interface FollowUpContext extends OutboxContext, LimitsContext {
  readonly providers: LimitsContext['providers'] & OutboxContext['providers'];
}

/** What takes no execution. */
type PlainFollowUp = Exclude<FollowUp, 'evidence'>;

/**
 * Does what a task's end left to do, clearing each part once it is done, in the order of the list. Another worker may
 * clear or add some meanwhile. Returns whether anything was done.
 */
export async function finishFollowUps(taskId: string, context: FollowUpContext): Promise<boolean> {
  let isAnyDone = false;
  let view = await context.tasks.getTaskView(taskId);
  while (view !== undefined && isTerminal(view.task.state)) {
    const next = view.task.followUps.find((followUp) => followUp !== 'evidence');
    if (next === undefined) break;
    await finish(next, view, context);
    isAnyDone = true;
    const cleared = await clearFollowUp(view.task, next, context.tasks);
    view = cleared === 'stale' ? await context.tasks.getTaskView(taskId) : { ...view, task: cleared };
  }
  return isAnyDone;
}

/** Each kind may be done twice: it is cleared only afterwards. */
async function finish(followUp: PlainFollowUp, view: TaskView, context: FollowUpContext): Promise<void> {
  switch (followUp) {
    case 'lease':
      return giveBackPlaces(view.task, context);
    case 'outbox':
      // What was deleted meanwhile is delivered to nobody.
      return view.task.deletedAt === undefined ? deliverToOutbox(view, context) : undefined;
    case 'removal':
      return removeContent(view.task, context);
    default:
      followUp satisfies never;
  }
}

/** At every provider where it held a place, or waited for one. */
async function giveBackPlaces(task: Task, context: FollowUpContext): Promise<void> {
  const holders = task.attempts.filter(({ hasLease }) => hasLease === true).map(({ provider }) => provider);
  if (task.queuedAt !== undefined) {
    await context.queue.leave(task.provider, task);
    // Who comes next may have a place: it was not its turn.
    await handOver(task.provider, context);
  }
  for (const provider of new Set([...holders, task.provider]))
    await giveBackPlace(provider, task.id, context);
}
