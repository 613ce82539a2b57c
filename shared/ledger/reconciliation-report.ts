import { secondsBetween } from '../clock.ts';
import type { Spending } from '../domain/budget.ts';
import { toUsd } from '../domain/money.ts';
import { currentAttempt, type Task } from '../domain/task.ts';
import { toVideoId } from '../ids.ts';
import { counterNameOf } from '../storage/money-counters.ts';
import { type Balance, compareBalance, type ExpectedCost } from './reconcile-balances.ts';
import {
  type Comparison,
  type CounterFindings,
  differenceOf,
  type TroubledCounter,
} from './reconcile-counters.ts';
import type { Period, PriceDrift, TaskFindings, UnchargedTask } from './reconcile-tasks.ts';

/** The last reading of a balance, and the one of the previous reconciliation where there is an earlier one. */
export interface BalanceFinding {
  readonly provider: string;
  readonly from: Balance | undefined;
  readonly to: Balance;
  readonly cost: ExpectedCost;
}

export interface ReconciliationFindings {
  readonly period: Period;
  readonly counters: CounterFindings;
  readonly tasks: TaskFindings;
  readonly balances: readonly BalanceFinding[];
}

export type ReconciliationReport = ReturnType<typeof toReport>;

/** One JSON document; amounts are decimal strings in USD. */
export function toReport({ period, counters, tasks, balances }: ReconciliationFindings) {
  const compared = balances.map(toBalanceRow);
  const differences = {
    counters: counters.differing.length,
    unknown: tasks.unknown.length,
    price_drift: tasks.drift.length,
    uncharged: tasks.uncharged.length,
    balances: compared.filter(({ verdict }) => verdict === 'unexplained').length,
  };
  return {
    object: 'reconciliation',
    at: period.at,
    since: period.since ?? null,
    differs: Object.values(differences).some((count) => count > 0),
    differences,
    totals: toTotals(counters, tasks),
    counters: {
      differing: counters.differing.map(toCounterRow),
      moving: counters.moving.map(toCounter),
    },
    unknown: tasks.unknown.map((task) => toUnknownRow(task, period)),
    pending: tasks.pendingIds.map(toVideoId),
    price_drift: tasks.drift.map(toDriftRow),
    cost_without_task: { uncharged: tasks.uncharged.map(toUnchargedRow), balances: compared },
  };
}

function toTotals(counters: CounterFindings, { tasks, unknown, drift, uncharged }: TaskFindings) {
  const drifted = drift.map((prices) => prices.reportedMicroUsd - prices.oursMicroUsd);
  return {
    accounts: counters.accounts,
    tasks,
    counters: counters.compared,
    unknown: toUsd(sum(unknown.map(({ holdMicroUsd }) => holdMicroUsd))),
    price_drift: toUsd(sum(drifted)),
    uncharged: toUsd(
      sum(uncharged.map(({ task, reportedMicroUsd }) => reportedMicroUsd ?? task.holdMicroUsd)),
    ),
  };
}

function sum(amounts: readonly number[]): number {
  return amounts.reduce((total, amount) => total + amount, 0);
}

function toCounter({ account, sortKey }: TroubledCounter) {
  const { keyId, span } = counterNameOf(sortKey) ?? {};
  return { account, key: keyId ?? null, span: span ?? sortKey };
}

function toCounterRow({ stored, tasks, ...counter }: TroubledCounter & Comparison) {
  return {
    ...toCounter(counter),
    stored: toAmounts(stored),
    tasks: toAmounts(tasks),
    difference: toAmounts(differenceOf({ stored, tasks })),
  };
}

function toAmounts({ committedMicroUsd, spentMicroUsd }: Spending) {
  return { committed: toUsd(committedMicroUsd), spent: toUsd(spentMicroUsd) };
}

function toUnknownRow(task: Task, { at }: Period) {
  const { jobId, hintedJobId } = currentAttempt(task) ?? {};
  const video = toVideoId(task.id);
  return {
    video,
    account: task.account,
    provider: task.provider,
    amount: toUsd(task.holdMicroUsd),
    accepted_at: task.createdAt,
    age_hours: Math.floor(secondsBetween(task.createdAt, at) / 3600),
    /** A callback only hinted at a job that is not attached: nobody confirmed it. */
    job: jobId ?? hintedJobId ?? null,
    job_attached: jobId !== undefined,
    video_made: task.result !== undefined,
    resolve: `npm run tasks -- resolve ${video} --captured|--released`,
  };
}

function toDriftRow({ oursMicroUsd, reportedMicroUsd, ...drift }: PriceDrift) {
  return {
    provider: drift.provider,
    native_model: drift.nativeModel,
    attempts: drift.attempts,
    differing: drift.differing,
    ours: toUsd(oursMicroUsd),
    reported: toUsd(reportedMicroUsd),
    difference: toUsd(reportedMicroUsd - oursMicroUsd),
    videos: drift.taskIds.map(toVideoId),
  };
}

function toUnchargedRow({ task, reason, reportedMicroUsd }: UnchargedTask) {
  return {
    video: toVideoId(task.id),
    account: task.account,
    provider: task.provider,
    native_model: task.nativeModel,
    price: toUsd(task.holdMicroUsd),
    reported: reportedMicroUsd === undefined ? null : toUsd(reportedMicroUsd),
    reason,
    error: task.failure?.code ?? null,
  };
}

function toBalanceRow({ provider, from, to, cost }: BalanceFinding) {
  const compared = from === undefined ? undefined : compareBalance({ from, to }, cost);
  return {
    provider,
    previous: from === undefined ? null : toBalance(from),
    now: toBalance(to),
    spent: compared === undefined ? null : toUsd(compared.spentMicroUsd),
    jobs: cost.jobs,
    expected: toUsd(cost.microUsd),
    uncertain: {
      jobs: cost.uncertainJobs,
      least: toUsd(cost.leastMicroUsd),
      most: toUsd(cost.mostMicroUsd),
    },
    unexplained: compared === undefined ? null : toUsd(compared.unexplainedMicroUsd),
    verdict: compared?.verdict ?? ('not_compared' as const),
  };
}

function toBalance({ microUsd, at }: Balance) {
  return { amount: toUsd(microUsd), at };
}
