import { isTerminal, type Task } from '../../../shared/domain/task.ts';
import type { StepDecision, StepInput } from '../../../shared/domain/workflow-state.ts';
import { TransientStepError } from '../../../shared/errors.ts';
import type { LedgerTables } from '../../../shared/ledger/accept.ts';
import { settleTask as settle } from '../../../shared/ledger/settle.ts';
import { logger } from '../../../shared/logger.ts';
import { count } from '../../../shared/metrics.ts';
import { type FollowUpContext, finishFollowUps } from '../../../shared/ordering/follow-ups.ts';
import { requireTask } from '../../../shared/storage/task-store.ts';

export interface SettleContext extends FollowUpContext {
  readonly ledger: LedgerTables;
}

/** Ends the task, then does what follows from it. Run again it goes on with what is left. */
export async function settleTask({ taskId }: StepInput, context: SettleContext): Promise<StepDecision> {
  const task = await requireTask(taskId, context.tasks);
  if (!isTerminal(task.state)) await settle(task, context.clock.now(), context.ledger);
  const settled = await requireTask(taskId, context.tasks);
  if (!isTerminal(settled.state))
    throw new TransientStepError(`The task ${taskId} changed while it was settled`);
  countForReview(settled);
  await finishFollowUps(taskId, context);
  return { decision: 'done' };
}

/** A person should ask the provider whether it charged. */
function countForReview({ id, provider, failure }: Task): void {
  if (failure?.charged !== 'unknown') return;
  logger.warn('Whether the provider charged is not known', { taskId: id, provider, code: failure.code });
  count(failure.code === 'submit_unknown' ? 'SubmitUnknown' : 'ChargeUnknown', { provider });
}
