import type { Budget } from '../../domain/budget.ts';
import { fromUsd, maxUsd } from '../../domain/money.ts';
import { accountNamePattern } from '../../storage/account-store.ts';
import type { BudgetChange } from '../../storage/account-terms.ts';
import { CommandError } from './command-error.ts';

/** The options of a command that says what may be spent. */
export const budgetOptions = {
  'monthly-usd': { type: 'string' },
  'daily-usd': { type: 'string' },
} as const;

type BudgetValues = Readonly<Partial<Record<keyof typeof budgetOptions, string | undefined>>>;

/** What the options ask for; throws a CommandError that names an amount that is none. */
export function readBudgetChange(values: BudgetValues): BudgetChange {
  const [monthly, daily] = [readAmount(values, 'monthly-usd'), readAmount(values, 'daily-usd')];
  return { ...(monthly !== undefined && { monthly }), ...(daily !== undefined && { daily }) };
}

function readAmount(values: BudgetValues, name: keyof typeof budgetOptions): number | 'none' | undefined {
  const text = values[name];
  if (text === undefined || text === 'none') return text;
  try {
    return fromUsd(text);
  } catch (cause) {
    const rule = `give an amount in USD of at most ${maxUsd}, with at most six decimals, such as 10 or 2.50, or none`;
    throw new CommandError(`--${name} is "${text}": ${rule}`, { cause });
  }
}

/** Of something new, which has no budget before. */
export function toBudget({ monthly, daily }: BudgetChange): Budget {
  return {
    ...(typeof monthly === 'number' && { monthlyMicroUsd: monthly }),
    ...(typeof daily === 'number' && { dailyMicroUsd: daily }),
  };
}

export function requireAccountName(name: string): void {
  if (accountNamePattern.test(name)) return;
  throw new CommandError(`"${name}" is no account name: use a-z, 0-9 and -`);
}
