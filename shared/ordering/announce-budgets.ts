import { budgetOfPeriod } from '../domain/budget.ts';
import type { Task } from '../domain/task.ts';
import { type BudgetThreshold, type BudgetUse, budgetThresholds } from '../domain/webhook.ts';
import { accountBudgetOf, accountKey, accountSchema, readItem } from '../storage/account-items.ts';
import { markReached, markTold, readMarkedSpending } from '../storage/budget-marks.ts';
import type { WebhookEndpoint } from '../storage/endpoint-store.ts';
import { type Counter, countersOf } from '../storage/money-counters.ts';
import type { AnnounceContext } from './announce-end.ts';
import { handOverMessage } from './hand-over-message.ts';
import { subscribers } from './subscribers.ts';

/**
 * Tells of each threshold that the budgets of a task's account have reached, in the month and on the day of its
 * acceptance, once. At a task's end, because there nobody waits: what an order holds counts until then.
 */
export async function announceBudgets(
  task: Task,
  endpoints: readonly WebhookEndpoint[],
  context: AnnounceContext,
): Promise<void> {
  const isWanted = subscribers(endpoints, 'budget.threshold').length > 0;
  if (!isWanted) return;
  for (const { counter, use } of await findReached(task, context))
    await tell({ task, counter, use }, endpoints, context);
}

interface Reached {
  readonly counter: Counter;
  readonly use: BudgetUse & { readonly thresholdPercent: BudgetThreshold };
}

async function findReached(task: Task, { webhooks }: AnnounceContext): Promise<Reached[]> {
  const { accountTable } = webhooks;
  const item = await readItem(accountTable, accountKey(task.account));
  const budget = item === undefined ? {} : accountBudgetOf(accountSchema.parse(item));
  const counters = countersOf(task).filter(({ owner }) => owner === 'account');
  const reached = counters.map(async (counter): Promise<Reached[]> => {
    const { period, span } = counter;
    const budgetMicroUsd = budgetOfPeriod(budget, period) ?? 0;
    if (budgetMicroUsd === 0) return [];
    const { committedMicroUsd, spentMicroUsd, told } = await readMarkedSpending(accountTable, counter);
    const usedMicroUsd = committedMicroUsd + spentMicroUsd;
    return budgetThresholds
      .filter((threshold) => !told.has(threshold) && usedMicroUsd * 100 >= budgetMicroUsd * threshold)
      .map((thresholdPercent) => ({
        counter,
        use: { period, span, thresholdPercent, budgetMicroUsd, usedMicroUsd },
      }));
  });
  return (await Promise.all(reached)).flat();
}

/** The mark comes last: whoever dies before it leaves it to the next task that ends, which hands over the same. */
async function tell(
  { task: { account }, counter, use }: Reached & { readonly task: Task },
  endpoints: readonly WebhookEndpoint[],
  { webhooks, clock }: AnnounceContext,
): Promise<void> {
  const mark = { threshold: use.thresholdPercent, now: clock.now() };
  const occurredAt = await markReached(webhooks.accountTable, counter, mark);
  for (const receiver of subscribers(endpoints, 'budget.threshold')) {
    const message = { account, receiver, type: 'budget.threshold', occurredAt, budgetUse: use } as const;
    await handOverMessage(message, webhooks);
  }
  await markTold(webhooks.accountTable, counter, mark);
}
