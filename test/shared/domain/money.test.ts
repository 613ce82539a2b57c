import { describe, expect, it } from 'vitest';
import { floorFromUsd, fromUsd, maxUsd, toUsd } from '../../../shared/domain/money.ts';

describe('fromUsd', () => {
  it.each([
    ['0.2', 200_000],
    [0.2, 200_000],
    [0.1 + 0.2, 300_000],
    [9999.3, 9_999_300_000],
    [123_456_789.1, 123_456_789_100_000],
    ['0', 0],
    ['12', 12_000_000],
    ['0.123456', 123_456],
    ['0.1234560', 123_456],
    [0.000001, 1],
    [maxUsd, 999_999_999_999_999],
  ])('reads %s as %i micro-USD', (usd, microUsd) => {
    expect(fromUsd(usd)).toBe(microUsd);
  });

  it.each(['0.0000001', '1.0000009', 0.1234561])('refuses %s, which has more than six decimals', (usd) => {
    expect(() => fromUsd(usd)).toThrow(`"${usd}" has more than six decimals`);
  });

  it.each(['', '-1', '1e3', '$1', '1,5', 'NaN', '1000000000', Number.NaN, -0.5, 1e21])(
    'refuses %s',
    (usd) => {
      expect(() => fromUsd(usd)).toThrow(RangeError);
    },
  );
});

describe('floorFromUsd', () => {
  it.each([
    ['0.1999999', 199_999],
    [0.1999999, 199_999],
    [0.1999999999, 199_999],
    [0.199999999999, 199_999],
    ['0.199999999999', 199_999],
    [0.7 + 0.1, 800_000],
    [9999.3, 9_999_300_000],
    [123_456_789.1, 123_456_789_100_000],
    [1e-7, 0],
    ['0.2', 200_000],
    ['0.0000009', 0],
  ])('reads %s as %i micro-USD, rounded down', (usd, microUsd) => {
    expect(floorFromUsd(usd)).toBe(microUsd);
  });

  it.each(['', '-1', Number.NaN])('refuses %s', (usd) => {
    expect(() => floorFromUsd(usd)).toThrow(RangeError);
  });
});

describe('toUsd', () => {
  it.each([
    [200_000, '0.20'],
    [0, '0.00'],
    [1, '0.000001'],
    [123_456, '0.123456'],
    [12_000_000, '12.00'],
    [-200_000, '-0.20'],
  ])('writes %i micro-USD as %s', (microUsd, usd) => {
    expect(toUsd(microUsd)).toBe(usd);
  });
});
