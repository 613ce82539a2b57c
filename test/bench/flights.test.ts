import { describe, expect, it } from 'vitest';
import { mostAtOnce } from './flights.ts';

describe('mostAtOnce', () => {
  it.each([
    ['none', [], 0],
    ['one that ends', [[0, 5]], 1],
    [
      'two that overlap',
      [
        [0, 5],
        [4, 9],
      ],
      2,
    ],
    [
      'one that begins as the other ends',
      [
        [0, 5],
        [5, 9],
      ],
      1,
    ],
    [
      'two of three',
      [
        [0, 5],
        [6, 9],
        [1, 3],
      ],
      2,
    ],
    ['one that ended before it was known', [[5, 4]], 0],
  ])('counts %s', (_, spans, most) => {
    expect(mostAtOnce(spans.map(([fromMs = 0, toMs = 0]) => ({ fromMs, toMs })))).toBe(most);
  });
});
