import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { killAtEveryWrite, type Life } from '../support/fault-kit/kill-at-every-write.ts';
import { type MemorySurroundings, openMemorySurroundings } from '../support/in-memory/memory-surroundings.ts';
import { lives } from './support/lives.ts';

let surroundings: MemorySurroundings;

beforeAll(async () => {
  surroundings = await openMemorySurroundings();
});

afterAll(() => surroundings.close());

describe('a worker that dies at any of its writes', () => {
  it.each(Object.entries<Life>(lives))(
    'leaves %s to whoever comes next, and buys and books it once',
    async (_, life) => {
      const { writes, problems } = await killAtEveryWrite(life, ['dies_before', 'dies_after'], surroundings);
      expect(writes.length).toBeGreaterThan(8);
      expect(problems).toEqual([]);
    },
    120_000,
  );
});
