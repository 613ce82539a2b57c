import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { killAtEveryWrite, type Life } from '../support/fault-kit/kill-at-every-write.ts';
import { type MemorySurroundings, openMemorySurroundings } from '../support/in-memory/memory-surroundings.ts';
import { lives } from './support/lives.ts';

let surroundings: MemorySurroundings;

beforeAll(async () => {
  surroundings = await openMemorySurroundings();
});

afterAll(() => surroundings.close());

/** They take the longest: `npm run prove` lives them. */
const longLives = [
  'an order that is refused and then waits for the only place elsewhere',
  'an order whose job shows up after it was given up',
  'an order that is canceled while it waits for a place',
];
const shortLives = Object.entries<Life>(lives).filter(([name]) => !longLives.includes(name));

/** Before a write is after the one before; what else may befall one is in `npm run prove`. */
describe('a worker that dies after any of its writes', () => {
  it.each(shortLives)(
    'leaves %s to whoever comes next, and buys and books it once',
    async (_, life) => {
      const { writes, problems } = await killAtEveryWrite(life, ['dies_after'], surroundings);
      expect(writes.length).toBeGreaterThan(8);
      expect(problems).toEqual([]);
    },
    120_000,
  );
});
