import { toUsd } from './money.ts';

/** What may be held and charged in a UTC month and on a UTC day, in micro-USD; absent means no limit. */
export interface Budget {
  readonly monthlyMicroUsd?: number;
  readonly dailyMicroUsd?: number;
}

export type BudgetPeriod = 'month' | 'day';

/** What the orders of a period hold, and what was charged for them. */
export interface Spending {
  readonly committedMicroUsd: number;
  readonly spentMicroUsd: number;
}

/** A budget that an order does not fit into. */
export interface Shortfall {
  readonly owner: 'account' | 'key';
  readonly period: BudgetPeriod;
  /** The UTC month or day, `2026-11` or `2026-11-21`. */
  readonly span: string;
  readonly budgetMicroUsd: number;
  /** Negative once the budget was lowered below what is held and charged. */
  readonly leftMicroUsd: number;
  readonly costMicroUsd: number;
}

export function budgetOfPeriod(budget: Budget, period: BudgetPeriod): number | undefined {
  return period === 'month' ? budget.monthlyMicroUsd : budget.dailyMicroUsd;
}

/** Says which budget it is, how much of it is left and what the order costs. */
export function describeShortfall(shortfall: Shortfall): string {
  return `The order costs ${toUsd(shortfall.costMicroUsd)} USD, and ${describeRoom(shortfall)}`;
}

/** Says which budget it is and how much of it is left. */
export function describeRoom(shortfall: Shortfall): string {
  const left = toUsd(Math.max(0, shortfall.leftMicroUsd));
  const budget = toUsd(shortfall.budgetMicroUsd);
  return `${budgetName(shortfall)} for ${shortfall.span} (UTC) has ${left} of ${budget} USD left`;
}

function budgetName({ owner, period }: Shortfall): string {
  const often = period === 'month' ? 'monthly' : 'daily';
  return owner === 'account' ? `the account's ${often} budget` : `the API key's ${often} limit`;
}
