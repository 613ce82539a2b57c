import { marshall } from '@aws-sdk/util-dynamodb';
import type { Budget } from '../domain/budget.ts';
import type { Item } from './task-items.ts';
import type { ItemChanges } from './update-expression.ts';

/** What an account may spend, and how many whole days its videos stay; absent means no limit, or the default. */
export interface AccountTerms extends Budget {
  readonly retentionDays?: number;
}

/** An amount in micro-USD, or `none` for no budget; what is absent stays as it is. */
export interface BudgetChange {
  readonly monthly?: number | 'none';
  readonly daily?: number | 'none';
}

/** As a change of budgets; `default` takes the account's own retention away. */
export interface AccountChange extends BudgetChange {
  readonly retentionDays?: number | 'default';
}

export function toTermsItem({ monthlyMicroUsd, dailyMicroUsd, retentionDays }: AccountTerms): Item {
  const budgets = { monthlyBudgetMicroUsd: monthlyMicroUsd, dailyBudgetMicroUsd: dailyMicroUsd };
  return marshall({ ...budgets, retentionDays }, { removeUndefinedValues: true });
}

/** An amount or a number of days is set; a word takes away what was set. */
export function toAccountChanges({ monthly, daily, retentionDays }: AccountChange): ItemChanges {
  const changes = Object.entries({
    monthlyBudgetMicroUsd: monthly,
    dailyBudgetMicroUsd: daily,
    retentionDays,
  });
  return {
    set: Object.fromEntries(changes.filter(([, value]) => typeof value === 'number')),
    remove: changes.flatMap(([name, value]) => (typeof value === 'string' ? [name] : [])),
  };
}
