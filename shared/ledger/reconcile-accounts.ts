import { secondsAfter } from '../clock.ts';
import { isTerminal, type Task } from '../domain/task.ts';
import { monthAfter, monthOf, monthsFrom } from '../domain/utc-month.ts';
import type { AccountTable } from '../storage/account-items.ts';
import { listAccountNames } from '../storage/list-account-names.ts';
import { listCounters } from '../storage/list-counters.ts';
import type { TaskReader } from '../storage/task-reader.ts';
import { type AccountSources, reconcileAccount } from './reconcile-account.ts';
import { addVerdicts, type CounterFindings, noCounterFindings } from './reconcile-counters.ts';
import type { Period } from './reconcile-tasks.ts';

export interface AccountsSources extends Pick<AccountSources, 'pause'> {
  readonly tasks: Pick<TaskReader, 'walkTasks' | 'listTasks' | 'walkDueTasks'>;
  readonly accountsTable: AccountTable;
}

interface AccountsScope {
  readonly period: Period;
  /** Gets every task that is read, once. */
  observe(task: Task): void;
}

/** Longer than any request that accepts an order lives. */
const recentSeconds = 15 * 60;
/** The sweeper is told to look after a live task at least this often. */
const dueWithinSeconds = 2 * 86_400;
const readBatch = 100;
/** So many accounts at once. */
const accountBatch = 8;

/** Compares the counters of all accounts with their tasks. */
export async function reconcileAccounts(
  { period, observe }: AccountsScope,
  sources: AccountsSources,
): Promise<CounterFindings> {
  const months = monthsOf(period);
  const liveMonths = await findLiveMonths(months, period, sources);
  const recentSince = secondsAfter(period.at, -recentSeconds);
  const accountSources: AccountSources = {
    ...sources,
    listCounters: (account) => listCounters(sources.accountsTable, account),
  };
  const check = async (account: string) => {
    const scope = { account, months: new Set([...months, ...(liveMonths.get(account) ?? [])]) };
    return { account, verdicts: await reconcileAccount({ ...scope, recentSince, observe }, accountSources) };
  };
  const accounts = await listAccountNames(sources.accountsTable);
  let findings = noCounterFindings;
  for (let first = 0; first < accounts.length; first += accountBatch) {
    const batch = accounts.slice(first, first + accountBatch).map(check);
    for (const { account, verdicts } of await Promise.all(batch))
      findings = addVerdicts(findings, account, verdicts);
  }
  return findings;
}

/** The UTC months of which all tasks are read: at least this one and the one before, and all since the period began. */
export function monthsOf({ since, at }: Period): string[] {
  const thisMonth = monthOf(at);
  const lastMonth = monthAfter(thisMonth, -1);
  const first = since !== undefined && monthOf(since) < lastMonth ? monthOf(since) : lastMonth;
  return monthsFrom(first, thisMonth);
}

/** The older months, by account, in which tasks were accepted that go on. */
async function findLiveMonths(
  months: readonly string[],
  { at }: Period,
  { tasks }: AccountsSources,
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const found = new Map<string, Set<string>>();
  for await (const batch of tasks.walkDueTasks(secondsAfter(at, dueWithinSeconds), readBatch)) {
    for (const { account, holdMonth, state } of batch) {
      if (isTerminal(state) || months.includes(holdMonth)) continue;
      found.set(account, new Set([...(found.get(account) ?? []), holdMonth]));
    }
  }
  return found;
}
