import { describe, expect, it } from 'vitest';
import { getPreferredWait } from '../../../shared/http/prefer-wait.ts';

describe('getPreferredWait', () => {
  it.each([
    ['wait=25', '25'],
    ['respond-async, Wait=10', '10'],
    ['wait = "7"; reason=x', '7'],
    ['wait=1, wait=2', '1'],
    ['wait', ''],
    ['await=5', undefined],
    ['respond-async', undefined],
    ['', undefined],
  ])('of %j is %j', (prefer, wait) => {
    expect(getPreferredWait({ prefer })).toBe(wait);
  });
});
