import { describe, expect, it } from 'vitest';
import { describeRate, readRate } from '../../../../shared/clients/cli/rate-option.ts';

describe('readRate', () => {
  it.each([
    [undefined, {}],
    ['1', { requestsPerMinute: 1 }],
    ['120', { requestsPerMinute: 120 }],
    ['30000', { requestsPerMinute: 30_000 }],
  ])('reads %s', (text, rate) => {
    expect(readRate(text)).toEqual(rate);
  });

  it.each(['', '0', '30001', '100000', '-1', '1.5', '1e3', 'none', ' 5'])(
    'throws an error for "%s" that says what is allowed',
    (text) => {
      const message = `--requests-per-minute is "${text}": give a whole number from 1 to 30000`;
      expect(() => readRate(text)).toThrow(message);
    },
  );
});

describe('describeRate', () => {
  it.each([
    [{}, ''],
    [{ requestsPerMinute: 1 }, '  1 request a minute'],
    [{ requestsPerMinute: 120 }, '  120 requests a minute'],
  ])('tells of %j', (rate, text) => {
    expect(describeRate(rate)).toBe(text);
  });
});
