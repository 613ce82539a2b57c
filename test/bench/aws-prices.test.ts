import { expect, it } from 'vitest';
import { costOf } from './aws-prices.ts';

it('prices the textbook loop of 108 transitions at $0.0027', () => {
  expect(costOf({ stateTransitions: 108 }).totalUsd).toBeCloseTo(0.0027, 10);
});

it('adds up what each resource costs', () => {
  const { lines, totalUsd } = costOf({ dynamoDbWriteUnits: 1_000_000, dynamoDbReadUnits: 1_000_000 });
  expect(lines.filter(({ usd }) => usd > 0)).toEqual([
    { label: 'DynamoDB write units', amount: 1_000_000, usd: 0.625 },
    { label: 'DynamoDB read units', amount: 1_000_000, usd: 0.125 },
  ]);
  expect(totalUsd).toBeCloseTo(0.75, 10);
});
