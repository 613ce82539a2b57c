import { secondsAfter } from '../clock.ts';
import type { Failure } from '../domain/job-progress.ts';
import { deadlineAfter } from '../domain/look-schedule.ts';
import type { Attempt, Task } from '../domain/task.ts';
import { resolutionOf } from './resolve.ts';

/** What was left on the account at a provider, and when that was read, ISO 8601 in UTC. */
export interface Balance {
  readonly microUsd: number;
  readonly at: string;
}

/** Between two readings of a balance. */
export interface BalanceWindow {
  readonly from: Balance;
  readonly to: Balance;
}

/** What jobs cost within a window; of some it cannot be known whether they were paid within it. */
export interface ExpectedCost {
  readonly jobs: number;
  readonly microUsd: number;
  readonly uncertainJobs: number;
  /** Between these two amounts is what the uncertain ones add; a refund takes away. */
  readonly leastMicroUsd: number;
  readonly mostMicroUsd: number;
}

/** Providers book a moment before or after we see it. */
const marginSeconds = 60;
/** Balances are told in cents at the coarsest: two readings together are off by as much. */
const toleranceMicroUsd = 10_000;

const noCost: ExpectedCost = {
  jobs: 0,
  microUsd: 0,
  uncertainJobs: 0,
  leastMicroUsd: 0,
  mostMicroUsd: 0,
};

/** Looks at one task after the other, and adds up what its jobs cost in the window of their provider. */
export function createExpectedCosts(windows: ReadonlyMap<string, BalanceWindow>) {
  const costs = new Map<string, ExpectedCost>();
  return {
    observe(task: Task): void {
      for (const attempt of task.attempts) {
        const window = windows.get(attempt.provider);
        if (window === undefined) continue;
        const cost = costWithin(window, lifeOf(task, attempt));
        costs.set(attempt.provider, add(costs.get(attempt.provider) ?? noCost, cost));
      }
    },
    costOf: (provider: string): ExpectedCost => costs.get(provider) ?? noCost,
  };
}

/** When a job may have been paid for, and what it then cost. */
interface JobLife {
  readonly start: string;
  /** Absent while it goes on. */
  readonly end: string | undefined;
  /** `returned`: it may have been taken, but was given back by the end. */
  readonly cost: 'none' | 'taken' | 'returned' | 'unknown';
  readonly microUsd: number;
}

/** What the provider reports is what it took; the price is our word for it where it says nothing. */
function lifeOf(task: Task, attempt: Attempt): JobLife {
  const next = task.attempts[attempt.number];
  return {
    start: attempt.claimedAt,
    end: next === undefined ? endOfLast(task) : next.claimedAt,
    cost: costKindOf(task, attempt),
    microUsd: attempt.reportedCostMicroUsd ?? attempt.priceMicroUsd,
  };
}

/** A job that turned up late ends by the deadline that it then got, whenever its task ended, or was completed after all. */
function endOfLast({ evidence, archivingAt, completedAt }: Task): string | undefined {
  if (evidence !== undefined) return deadlineAfter(new Date(evidence.since));
  return archivingAt ?? completedAt;
}

function costKindOf(task: Task, attempt: Attempt): JobLife['cost'] {
  const isLast = attempt.number === task.attempts.length;
  switch (attempt.outcome) {
    case 'refused':
    case 'not_sent':
      return 'none';
    case 'unknown':
      return costOfUnknown(task, attempt);
    case undefined:
      return 'unknown';
    case 'accepted':
      return costOfFailure(attempt.failure ?? (isLast ? task.failure : undefined));
  }
}

/** Of a job that ran. */
function costOfFailure(failure: Failure | undefined): JobLife['cost'] {
  if (failure?.charged === 'no') return 'returned';
  return failure?.charged === 'unknown' ? 'unknown' : 'taken';
}

/** The job may have turned up since, or a person have found out what became of it. */
function costOfUnknown(task: Task, attempt: Attempt): JobLife['cost'] {
  if (attempt.reportedCostMicroUsd !== undefined || task.result !== undefined) return 'taken';
  if (task.evidence?.failure !== undefined) return costOfFailure(task.evidence.failure);
  switch (resolutionOf(task)) {
    case 'captured':
      return 'taken';
    case 'released':
      return 'none';
    case undefined:
      return 'unknown';
  }
}

function costWithin({ from, to }: BalanceWindow, { start, end, cost, microUsd }: JobLife): ExpectedCost {
  const earliest = secondsAfter(start, -marginSeconds);
  const latest = end === undefined ? undefined : secondsAfter(end, marginSeconds);
  const isOver = latest !== undefined && latest <= from.at;
  if (cost === 'none' || isOver || earliest > to.at) return noCost;
  const wasUnderWay = earliest <= from.at;
  const isUnderWay = latest === undefined || latest > to.at;
  if (!wasUnderWay && !isUnderWay && cost !== 'unknown') {
    return { ...noCost, jobs: 1, microUsd: cost === 'taken' ? microUsd : 0 };
  }
  const mayBeReturned = cost === 'returned' && wasUnderWay;
  const mayBeTaken = cost !== 'returned' || isUnderWay;
  return {
    ...noCost,
    jobs: 1,
    uncertainJobs: 1,
    leastMicroUsd: mayBeReturned ? -microUsd : 0,
    mostMicroUsd: mayBeTaken ? microUsd : 0,
  };
}

function add(one: ExpectedCost, other: ExpectedCost): ExpectedCost {
  return {
    jobs: one.jobs + other.jobs,
    microUsd: one.microUsd + other.microUsd,
    uncertainJobs: one.uncertainJobs + other.uncertainJobs,
    leastMicroUsd: one.leastMicroUsd + other.leastMicroUsd,
    mostMicroUsd: one.mostMicroUsd + other.mostMicroUsd,
  };
}

type BalanceVerdict =
  /** What is gone from the account is what the jobs cost. */
  | 'explained'
  /** It lies between what the jobs cost at least and at most. */
  | 'within_uncertainty'
  /** More is gone than any job explains. */
  | 'unexplained'
  /** Less is gone than the jobs cost: somebody paid in, or a price is too high. */
  | 'topped_up'
  /** There is no earlier reading to compare with, or none since. */
  | 'not_compared';

export interface BalanceComparison {
  readonly spentMicroUsd: number;
  /** What is gone beyond what jobs cost at most, negative below what they cost at least; else 0. */
  readonly unexplainedMicroUsd: number;
  readonly verdict: BalanceVerdict;
}

export function compareBalance({ from, to }: BalanceWindow, cost: ExpectedCost): BalanceComparison {
  const spentMicroUsd = from.microUsd - to.microUsd;
  const beyondMost = spentMicroUsd - (cost.microUsd + cost.mostMicroUsd);
  const belowLeast = spentMicroUsd - (cost.microUsd + cost.leastMicroUsd);
  if (beyondMost > toleranceMicroUsd) {
    return { spentMicroUsd, unexplainedMicroUsd: beyondMost, verdict: 'unexplained' };
  }
  if (belowLeast < -toleranceMicroUsd) {
    return { spentMicroUsd, unexplainedMicroUsd: belowLeast, verdict: 'topped_up' };
  }
  const verdict = cost.uncertainJobs === 0 ? 'explained' : 'within_uncertainty';
  return { spentMicroUsd, unexplainedMicroUsd: 0, verdict };
}
