import { describe, expect, it } from 'vitest';
import { readBudgetChange } from '../../../../shared/clients/cli/budget-options.ts';

describe('readBudgetChange', () => {
  it.each([
    [{}, {}],
    [{ 'daily-usd': 'none' }, { daily: 'none' }],
    [
      { 'monthly-usd': '10', 'daily-usd': '2.50' },
      { monthly: 10_000_000, daily: 2_500_000 },
    ],
    [{ 'daily-usd': '999999999.999999' }, { daily: 999_999_999_999_999 }],
  ])('reads %j', (values, change) => {
    expect(readBudgetChange(values)).toEqual(change);
  });

  it.each(['-1', 'ten', '1e3', '1.0000009', '1000000000', '1000000000000', ''])(
    'throws an error for "%s" that names it and the rules of an amount',
    (text) => {
      const rule = 'give an amount in USD of at most 999999999.999999, with at most six decimals,';
      expect(() => readBudgetChange({ 'daily-usd': text })).toThrow(`--daily-usd is "${text}": ${rule}`);
    },
  );
});
