import { secondsAfter } from '../clock.ts';
import { type FollowUp, isTerminal, type Task } from '../domain/task.ts';
import { giveBackPlace } from '../limits/give-back.ts';
import { handOver } from '../limits/hand-over.ts';
import type { LimitsContext } from '../limits/limits-context.ts';
import { logger } from '../logger.ts';
import type { TaskView } from '../storage/task-store.ts';
import { type AnnounceContext, announceEnd } from './announce-end.ts';
import { clearFollowUp } from './clear-follow-up.ts';
import { deliverToOutbox, type OutboxContext } from './outbox.ts';
import { removeContent } from './remove-video.ts';

export interface FollowUpContext extends OutboxContext, LimitsContext, AnnounceContext {
  readonly providers: LimitsContext['providers'] & OutboxContext['providers'];
}

/** What takes no execution. */
type PlainFollowUp = Exclude<FollowUp, 'evidence'>;

/** After this a webhook that could not be handed over is tried again by the sweeper. */
const webhookRetrySeconds = 5 * 60;

/**
 * Does what a task's end left to do, clearing each part once it is done, in the order of the list. Another worker may
 * clear or add some meanwhile. A webhook that fails is left for later and keeps nothing else waiting. Returns whether
 * anything was done.
 */
export async function finishFollowUps(taskId: string, context: FollowUpContext): Promise<boolean> {
  const left = new Set<FollowUp>(['evidence']);
  let isAnyDone = false;
  let view = await context.tasks.getTaskView(taskId);
  while (view !== undefined && isTerminal(view.task.state)) {
    const next = view.task.followUps.find((followUp): followUp is PlainFollowUp => !left.has(followUp));
    if (next === undefined) break;
    if ((await tryFinish(next, view, context)) === 'failed') {
      left.add(next);
      continue;
    }
    isAnyDone = true;
    const cleared = await clearFollowUp(view.task, next, context.tasks);
    view = cleared === 'stale' ? await context.tasks.getTaskView(taskId) : { ...view, task: cleared };
  }
  if (left.has('webhook'))
    await context.tasks.postpone(taskId, secondsAfter(context.clock.now(), webhookRetrySeconds));
  return isAnyDone;
}

async function tryFinish(
  followUp: PlainFollowUp,
  view: TaskView,
  context: FollowUpContext,
): Promise<'done' | 'failed'> {
  try {
    await finish(followUp, view, context);
    return 'done';
  } catch (error) {
    if (followUp !== 'webhook') throw error;
    logger.warn('A webhook was not handed over; the sweeper will do it', { taskId: view.task.id, error });
    return 'failed';
  }
}

/** Each kind may be done twice: it is cleared only afterwards. */
async function finish(followUp: PlainFollowUp, view: TaskView, context: FollowUpContext): Promise<void> {
  switch (followUp) {
    case 'lease':
      return giveBackPlaces(view.task, context);
    case 'outbox':
      // What was deleted meanwhile is delivered to nobody.
      return view.task.deletedAt === undefined ? deliverToOutbox(view, context) : undefined;
    case 'webhook':
      return announceEnd(view, context);
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
