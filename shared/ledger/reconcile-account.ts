import type { Pause } from '../clock.ts';
import type { Task } from '../domain/task.ts';
import { monthAfter, monthOf, startOfMonth } from '../domain/utc-month.ts';
import { counterNameOf } from '../storage/money-counters.ts';
import type { TaskReader } from '../storage/task-reader.ts';
import {
  addTasks,
  type CounterAmounts,
  isDecided,
  isFinal,
  judgeCounters,
  type Verdicts,
} from './reconcile-counters.ts';

/** So many tasks are in memory at once, besides the ids of those that go on. */
const readBatch = 100;
const maxReadings = 5;
/** Long enough for the index of accounts to know a task that was accepted just before the last reading. */
const readingPauseSeconds = 3;

export interface AccountSources {
  readonly tasks: Pick<TaskReader, 'walkTasks' | 'listTasks'>;
  listCounters(account: string): Promise<CounterAmounts>;
  readonly pause: Pause;
}

export interface AccountScope {
  readonly account: string;
  /** UTC months of which everything is read; those in which something is still held are added. */
  readonly months: ReadonlySet<string>;
  /** Tasks accepted at this moment or later (ISO 8601 in UTC) are read again at each reading of the counters. */
  readonly recentSince: string;
  /** Gets every task that is read, once. */
  observe(task: Task): void;
}

/**
 * Compares the counters of an account with its tasks while orders go on. All but the newest tasks are read once. Then
 * readings that take a moment each (counters, the tasks that may have changed, counters) are repeated until each
 * counter agrees or was seen to differ twice, at most five times.
 */
export async function reconcileAccount(scope: AccountScope, sources: AccountSources): Promise<Verdicts> {
  const months = new Set([...scope.months, ...openMonths(await sources.listCounters(scope.account))]);
  const settled = await readSettled({ ...scope, months }, sources);
  let verdicts: Verdicts = new Map();
  for (let readings = 1; readings <= maxReadings; readings += 1) {
    if (readings > 1) await sources.pause(readingPauseSeconds);
    const before = await sources.listCounters(scope.account);
    const changing = await readChanging(scope, settled.openIds, sources);
    const after = await sources.listCounters(scope.account);
    if (readings === 1) for (const task of changing) scope.observe(task);
    const tasks = addTasks(settled.amounts, changing);
    verdicts = judgeCounters(verdicts, {
      before: ofMonths(months, before),
      tasks: ofMonths(months, tasks),
      after: ofMonths(months, after),
    });
    if ([...verdicts.values()].every(isDecided)) break;
  }
  return verdicts;
}

/** By the counters of the account's months alone: what was left on one of a past day or key is not sought for ever. */
function openMonths(counters: CounterAmounts): string[] {
  return [...counters].flatMap(([sortKey, { committedMicroUsd }]) => {
    const { keyId, span } = counterNameOf(sortKey) ?? {};
    const isOpen = committedMicroUsd !== 0 && keyId === undefined && span !== undefined;
    return isOpen && span === monthOf(span) ? [span] : [];
  });
}

function ofMonths(months: ReadonlySet<string>, amounts: CounterAmounts): CounterAmounts {
  return new Map(
    [...amounts].filter(([sortKey]) => monthOfCounter(sortKey).some((month) => months.has(month))),
  );
}

/** None of what is no counter. */
function monthOfCounter(sortKey: string): string[] {
  const span = counterNameOf(sortKey)?.span;
  return span === undefined ? [] : [monthOf(span)];
}

interface Settled {
  readonly amounts: CounterAmounts;
  /** Of the tasks that may still come to something else. */
  readonly openIds: readonly string[];
}

async function readSettled(
  { account, months, recentSince, observe }: AccountScope,
  { tasks }: AccountSources,
): Promise<Settled> {
  let amounts: CounterAmounts = new Map();
  const openIds: string[] = [];
  for (const month of [...months].toSorted()) {
    const end = [startOfMonth(monthAfter(month, 1)), recentSince].toSorted()[0];
    const range = { account, order: 'asc', from: startOfMonth(month), before: end } as const;
    for await (const batch of tasks.walkTasks(range, readBatch)) {
      const final = batch.filter(isFinal);
      for (const task of final) observe(task);
      amounts = addTasks(amounts, final);
      openIds.push(...batch.filter((task) => !isFinal(task)).map(({ id }) => id));
    }
  }
  return { amounts, openIds };
}

async function readChanging(
  { account, recentSince }: AccountScope,
  openIds: readonly string[],
  { tasks }: AccountSources,
): Promise<Task[]> {
  const changing = [...(await tasks.listTasks(openIds))];
  const range = { account, order: 'asc', from: recentSince } as const;
  for await (const batch of tasks.walkTasks(range, readBatch)) changing.push(...batch);
  return changing;
}
