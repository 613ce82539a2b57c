import { describeShortfall } from '../domain/budget.ts';
import type { Task } from '../domain/task.ts';
import type { StepInput } from '../domain/workflow-state.ts';
import { ConchError } from '../errors.ts';
import { type AcceptOutcome, acceptTask, isSameOrder, type LedgerTables } from '../ledger/accept.ts';
import { logger } from '../logger.ts';
import type { TaskStore, TaskView } from '../storage/task-store.ts';
import { mismatch } from './known-order.ts';

export interface AcceptDependencies {
  readonly tasks: Pick<TaskStore, 'getTask' | 'getTaskView'>;
  readonly ledger: LedgerTables;
  startExecution(input: StepInput): Promise<void>;
}

/** Writes an order down, holds its price and starts its execution; a repeat gets the task that is there. */
export async function acceptOrder(view: TaskView, dependencies: AcceptDependencies): Promise<TaskView> {
  const outcome = await acceptOrReadBack(view, dependencies);
  if (outcome.kind === 'mismatch') throw mismatch(view.task);
  if (outcome.kind === 'no_budget') {
    throw new ConchError('budget_exceeded', describeShortfall(outcome.shortfall));
  }
  if (outcome.kind === 'not_retryable') {
    const message = 'The video was deleted or completed just now; nothing was ordered';
    throw new ConchError('video_not_retryable', message);
  }
  if (outcome.kind === 'duplicate') return readStored(outcome.task, view, dependencies);
  const { id: taskId, run } = outcome.task;
  try {
    await dependencies.startExecution({ taskId, run });
  } catch (error) {
    logger.warn('The execution did not start; the sweeper will start it', { taskId, error });
  }
  return outcome.task === view.task ? view : readStored(outcome.task, view, dependencies);
}

/** The same order, but not the same request: the secret of its webhook may have been made for either. */
async function readStored(task: Task, view: TaskView, { tasks }: AcceptDependencies): Promise<TaskView> {
  const { webhook, ...request } = view.request;
  if (webhook === undefined) return { ...view, task };
  const stored = await tasks.getTaskView(task.id).catch((error: unknown) => {
    logger.warn('The request of an accepted order could not be read', { taskId: task.id, error });
    return undefined;
  });
  return stored ?? { task, request };
}

/** A transaction that failed may have been written; then its order is accepted, and must not end as an error. */
async function acceptOrReadBack(
  view: TaskView,
  { ledger, tasks }: AcceptDependencies,
): Promise<AcceptOutcome> {
  try {
    return await acceptTask(view, ledger);
  } catch (error) {
    const task = await tasks.getTask(view.task.id).catch(() => {
      // Not the error itself: of a busy table it would say that nothing was ordered.
      throw new Error('Nobody knows whether the order was accepted', { cause: error });
    });
    if (task === undefined || !isSameOrder(task, view.task)) throw error;
    return { kind: 'accepted', task };
  }
}
