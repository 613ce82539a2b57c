import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkHistories } from '../support/histories/check-histories.ts';
import { type MemorySurroundings, openMemorySurroundings } from '../support/in-memory/memory-surroundings.ts';

let surroundings: MemorySurroundings;

beforeAll(async () => {
  surroundings = await openMemorySurroundings();
});

afterAll(() => surroundings.close());

/** Whatever happens, in whatever order: a failure prints the smallest history that shows it. */
describe('500 random histories of orders', () => {
  it('capture or release every hold once, keep the counters right, and change nothing when they are replayed', async () => {
    const { counterexample, endings, mishaps } = await checkHistories(
      { seed: 20261121, count: 500 },
      surroundings,
    );
    expect(counterexample).toBeUndefined();
    expect(mishaps).toBeGreaterThan(300);
    expect(endings).toEqual(expect.arrayContaining(['completed', 'submit_unknown', 'canceled']));
  }, 240_000);
});
