import type { Spending } from '../domain/budget.ts';
import { isTerminal, type Task } from '../domain/task.ts';
import { counterSortKeysOf } from '../storage/money-counters.ts';
import { amountsOf } from './usage.ts';

/** What counters hold, or what tasks come to on them, by the sort keys of the counters. */
export type CounterAmounts = ReadonlyMap<string, Spending>;

/** What tasks come to on all counters that they are booked on, added to what others came to. */
export function addTasks(sums: CounterAmounts, tasks: readonly Task[]): CounterAmounts {
  const added = new Map(sums);
  for (const task of tasks) {
    const { heldMicroUsd, unknownMicroUsd, chargedMicroUsd } = amountsOf(task);
    for (const sortKey of counterSortKeysOf(task)) {
      const { committedMicroUsd, spentMicroUsd } = added.get(sortKey) ?? nothing;
      added.set(sortKey, {
        committedMicroUsd: committedMicroUsd + heldMicroUsd + unknownMicroUsd,
        spentMicroUsd: spentMicroUsd + chargedMicroUsd,
      });
    }
  }
  return added;
}

/** Whether a task comes to the same for ever: a kept hold does not, because a person ends it. */
export function isFinal({ state, chargeMicroUsd }: Task): boolean {
  return isTerminal(state) && chargeMicroUsd !== undefined;
}

/** The counters of an account, what its tasks came to after that, and the counters once more. */
export interface CounterReading {
  readonly before: CounterAmounts;
  readonly tasks: CounterAmounts;
  readonly after: CounterAmounts;
}

/** What a counter holds, and what its tasks come to. */
export interface Comparison {
  readonly stored: Spending;
  readonly tasks: Spending;
}

/** What is known of a counter after some readings. */
export type Verdict =
  /** Once is enough. */
  | { readonly kind: 'agrees' }
  /** It was booked on during each reading so far, which then says nothing. */
  | { readonly kind: 'moving' }
  /** A difference that was seen once: a task of the same moment may have been missed. */
  | ({ readonly kind: 'suspected' } & Comparison)
  /** The same difference was still there in a later reading. */
  | ({ readonly kind: 'differs' } & Comparison);

export type Verdicts = ReadonlyMap<string, Verdict>;

/** What is known after one more reading. */
export function judgeCounters(verdicts: Verdicts, reading: CounterReading): Verdicts {
  const { before, tasks, after } = reading;
  const sortKeys = new Set([...verdicts.keys(), ...before.keys(), ...tasks.keys(), ...after.keys()]);
  return new Map([...sortKeys].map((sortKey) => [sortKey, judge(verdicts.get(sortKey), sortKey, reading)]));
}

export function isDecided({ kind }: Verdict): boolean {
  return kind === 'agrees' || kind === 'differs';
}

function judge(verdict: Verdict | undefined, sortKey: string, reading: CounterReading): Verdict {
  if (verdict !== undefined && isDecided(verdict)) return verdict;
  const amountsIn = (amounts: CounterAmounts) => amounts.get(sortKey) ?? nothing;
  const [stored, tasks] = [amountsIn(reading.after), amountsIn(reading.tasks)];
  if (!isSame(amountsIn(reading.before), stored)) return verdict ?? { kind: 'moving' };
  if (isSame(stored, tasks)) return { kind: 'agrees' };
  const comparison = { stored, tasks };
  const isSeenAgain =
    verdict?.kind === 'suspected' && isSame(differenceOf(verdict), differenceOf(comparison));
  return { kind: isSeenAgain ? 'differs' : 'suspected', ...comparison };
}

/** What a counter holds too much; negative where it holds too little. */
export function differenceOf({ stored, tasks }: Comparison): Spending {
  return {
    committedMicroUsd: stored.committedMicroUsd - tasks.committedMicroUsd,
    spentMicroUsd: stored.spentMicroUsd - tasks.spentMicroUsd,
  };
}

function isSame(one: Spending, other: Spending): boolean {
  return one.committedMicroUsd === other.committedMicroUsd && one.spentMicroUsd === other.spentMicroUsd;
}

const nothing: Spending = { committedMicroUsd: 0, spentMicroUsd: 0 };

export interface TroubledCounter {
  readonly account: string;
  readonly sortKey: string;
}

/** What is to be told of the counters of one account, or of several together. */
export interface CounterFindings {
  readonly accounts: number;
  readonly compared: number;
  readonly differing: readonly (TroubledCounter & Comparison)[];
  /** What could not be compared, because it was booked on during the readings. */
  readonly moving: readonly TroubledCounter[];
}

export const noCounterFindings: CounterFindings = { accounts: 0, compared: 0, differing: [], moving: [] };

/** The findings of one account, added to those of others. */
export function addVerdicts(findings: CounterFindings, account: string, verdicts: Verdicts): CounterFindings {
  const all = [...verdicts].map(([sortKey, verdict]) => ({ counter: { account, sortKey }, verdict }));
  const differing = all.flatMap(({ counter, verdict }) =>
    verdict.kind === 'differs' ? [{ ...counter, stored: verdict.stored, tasks: verdict.tasks }] : [],
  );
  const undecided = all.filter(({ verdict }) => !isDecided(verdict)).map(({ counter }) => counter);
  return {
    accounts: findings.accounts + 1,
    compared: findings.compared + all.length,
    differing: [...findings.differing, ...differing],
    moving: [...findings.moving, ...undecided],
  };
}
