import { type Clock, secondsBetween } from '../clock.ts';
import type { Task } from '../domain/task.ts';
import { monthOf } from '../domain/utc-month.ts';
import type { MediaStore } from '../storage/media-store.ts';
import type { StandingStore } from '../storage/standing-store.ts';
import { type AccountsSources, monthsOf, reconcileAccounts } from './reconcile-accounts.ts';
import { type BalanceWindow, createExpectedCosts } from './reconcile-balances.ts';
import { createTaskFindings, type Period } from './reconcile-tasks.ts';
import { type BalanceFinding, type ReconciliationReport, toReport } from './reconciliation-report.ts';
import { findPreviousReport, type PreviousReconciliation } from './reconciliation-store.ts';

export interface ReconcileSources extends AccountsSources {
  readonly standings: Pick<StandingStore, 'get'>;
  /** The names of all providers: of those that tell it, what is left is compared. */
  readonly providerNames: readonly string[];
  /** Where the report of the previous reconciliation lies. */
  readonly media: Pick<MediaStore, 'getBytes'>;
  readonly clock: Clock;
}

/** The index of accounts may lag so long behind an order that a balance knows of already. */
const indexLagSeconds = 5;

/**
 * Recomputes the counters from the tasks, and compares the ledger with what providers report and have left. It reads
 * only, and may run while orders go on. It reads all tasks accepted since the first day of the previous UTC month,
 * those of each older month in which something is still held, and those of which the previous report could not tell the
 * end.
 */
export async function reconcile(sources: ReconcileSources): Promise<ReconciliationReport> {
  const now = sources.clock.now();
  const previous = await findPreviousReport(now, sources.media);
  const period: Period = { since: previous?.at, at: now.toISOString() };
  const balances = await readBalances({ period, previous }, sources);
  await letIndexCatchUp(balances, sources);
  const found = createTaskFindings(period);
  const costs = createExpectedCosts(new Map(balances.flatMap(toWindow)));
  const unread = new Set(previous?.openTaskIds);
  const observe = (task: Task) => {
    unread.delete(task.id);
    found.observe(task);
    costs.observe(task);
  };
  const counters = await reconcileAccounts({ period, observe }, sources);
  for (const task of await sources.tasks.listTasks([...unread])) observe(task);
  return toReport({
    period,
    counters,
    tasks: found.findings(),
    balances: balances.map((balance) => ({ ...balance, cost: costs.costOf(balance.provider) })),
  });
}

type BalancePair = Omit<BalanceFinding, 'cost'>;

/** A reading that is no newer than the previous reconciliation's says nothing, nor one from before all that is read. */
async function readBalances(
  { period, previous }: { readonly period: Period; readonly previous: PreviousReconciliation | undefined },
  { standings, providerNames }: ReconcileSources,
): Promise<BalancePair[]> {
  const [firstMonth = ''] = monthsOf(period);
  const records = providerNames.map(async (provider) => ({ provider, ...(await standings.get(provider)) }));
  return (await Promise.all(records)).flatMap(({ provider, standing: { balance } }) => {
    if (balance === undefined) return [];
    const from = previous?.balances.get(provider);
    const isComparable = from !== undefined && from.at < balance.at && monthOf(from.at) >= firstMonth;
    return [{ provider, from: isComparable ? from : undefined, to: balance }];
  });
}

/** Else a job that a balance already paid for might not be found. */
async function letIndexCatchUp(
  balances: readonly BalancePair[],
  { clock, pause }: ReconcileSources,
): Promise<void> {
  const ages = balances
    .filter(({ from }) => from !== undefined)
    .map(({ to }) => secondsBetween(to.at, clock.now()));
  const seconds = indexLagSeconds - Math.min(indexLagSeconds, ...ages);
  if (seconds > 0) await pause(seconds);
}

function toWindow({ provider, from, to }: BalancePair): (readonly [string, BalanceWindow])[] {
  return from === undefined ? [] : [[provider, { from, to }]];
}
