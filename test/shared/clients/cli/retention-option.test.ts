import { describe, expect, it } from 'vitest';
import { readRetentionChange } from '../../../../shared/clients/cli/retention-option.ts';

describe('--retention-days', () => {
  it.each([
    ['1', { retentionDays: 1 }],
    ['365', { retentionDays: 365 }],
    ['default', { retentionDays: 'default' }],
    [undefined, {}],
  ])('takes %s', (text, change) => {
    expect(readRetentionChange(text)).toEqual(change);
  });

  it.each(['0', '366', '7.5', '-1', 'week', '', '1e2', '0x7', ' 7'])(
    'names "%s" as no number of days',
    (text) => {
      expect(() => readRetentionChange(text)).toThrow(
        `--retention-days is "${text}": give whole days from 1 to 365, or default`,
      );
    },
  );
});
