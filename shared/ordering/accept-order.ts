import { describeShortfall } from '../domain/budget.ts';
import type { StepInput } from '../domain/workflow-state.ts';
import { ConchError } from '../errors.ts';
import { type AcceptOutcome, acceptTask, isSameOrder, type LedgerTables } from '../ledger/accept.ts';
import { logger } from '../logger.ts';
import type { TaskStore, TaskView } from '../storage/task-store.ts';
import { mismatch } from './known-order.ts';

export interface AcceptDependencies {
  readonly tasks: Pick<TaskStore, 'getTask'>;
  readonly ledger: LedgerTables;
  startExecution(input: StepInput): Promise<void>;
}

/** Writes an order down, holds its price and starts its execution; a repeat gets the task that is there. */
export async function acceptOrder(view: TaskView, dependencies: AcceptDependencies): Promise<TaskView> {
  const outcome = await acceptOrReadBack(view, dependencies);
  if (outcome.kind === 'mismatch') throw mismatch();
  if (outcome.kind === 'no_budget') {
    throw new ConchError('budget_exceeded', describeShortfall(outcome.shortfall));
  }
  if (outcome.kind === 'not_retryable') {
    const message = 'The video was deleted or completed just now; nothing was ordered';
    throw new ConchError('video_not_retryable', message);
  }
  const placed = { ...view, task: outcome.task };
  if (outcome.kind === 'duplicate') return placed;
  const { id: taskId, run } = outcome.task;
  try {
    await dependencies.startExecution({ taskId, run });
  } catch (error) {
    logger.warn('The execution did not start; the sweeper will start it', { taskId, error });
  }
  return placed;
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
