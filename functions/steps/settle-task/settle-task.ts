import { isTerminal, type Task } from '../../../shared/domain/task.ts';
import { positionOf } from '../../../shared/domain/task-outcome.ts';
import type { StepDecision, StepInput } from '../../../shared/domain/workflow-state.ts';
import { TransientStepError } from '../../../shared/errors.ts';
import type { LedgerTables } from '../../../shared/ledger/accept.ts';
import { publishTask } from '../../../shared/ledger/publish.ts';
import { resolutionOf } from '../../../shared/ledger/resolve.ts';
import { settleTask as settle } from '../../../shared/ledger/settle.ts';
import { logger } from '../../../shared/logger.ts';
import { count } from '../../../shared/metrics.ts';
import { clearFollowUp } from '../../../shared/ordering/clear-follow-up.ts';
import { type FollowUpContext, finishFollowUps } from '../../../shared/ordering/follow-ups.ts';
import { requireTask } from '../../../shared/storage/task-store.ts';

export interface SettleContext extends FollowUpContext {
  readonly ledger: LedgerTables;
}

/**
 * Ends the task, or looking into a job that showed up after its end, then does what follows from it. Run again it goes
 * on with what is left.
 */
export async function settleTask({ taskId }: StepInput, context: SettleContext): Promise<StepDecision> {
  const task = await requireTask(taskId, context.tasks);
  if (!isTerminal(task.state)) await settle(task, context.clock.now(), context.ledger);
  else if (positionOf(task) === 'decided') await closeEvidence(task, context);
  const settled = await requireTask(taskId, context.tasks);
  if (!isTerminal(settled.state) || positionOf(settled) === 'decided')
    throw new TransientStepError(`The task ${taskId} changed while it was settled`);
  if (!isTerminal(task.state) || !isLookedInto(settled)) countForReview(settled);
  await finishFollowUps(taskId, context);
  return { decision: 'done' };
}

/** The late job's video is archived: it stays with the row for whoever reviews the hold, unless somebody has. */
async function closeEvidence(task: Task, { ledger, tasks, clock }: SettleContext): Promise<void> {
  if (resolutionOf(task) === 'captured') await publishTask(task, clock.now(), ledger);
  else await clearFollowUp(task, 'evidence', tasks);
}

/** A run that only looked into a late job is not another submit of which nobody knows. */
function isLookedInto({ result, evidence }: Task): boolean {
  return result !== undefined || evidence?.verdict !== undefined;
}

/** A person should ask the provider whether it charged. */
function countForReview({ id, provider, failure }: Task): void {
  if (failure?.charged !== 'unknown') return;
  logger.warn('Whether the provider charged is not known', { taskId: id, provider, code: failure.code });
  count(failure.code === 'submit_unknown' ? 'SubmitUnknown' : 'ChargeUnknown', { provider });
}
