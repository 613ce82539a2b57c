import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { secondsBetween } from '../../../shared/clock.ts';
import { takeSlot } from '../../../shared/limits/take-slot.ts';
import { type Limits, startLimits } from '../../support/limits.ts';

let limits: Limits;
let pauses: number[];
beforeEach(async () => {
  limits = await startLimits({ spacingMs: 1000 });
  onTestFinished(() => limits.close());
  pauses = [];
});

const take = (overrides = {}) =>
  takeSlot('piapi', {
    ...limits.context,
    pause: async (seconds) => void pauses.push(seconds),
    ...overrides,
  });
const readStanding = async () => (await limits.standings.get('piapi')).standing;

describe('takeSlot', () => {
  it('waits for nothing, and writes nothing, where no distance is wanted', async () => {
    const providers = new Map([['piapi', { limits: { concurrent: 1 } }]]);

    expect(await take({ providers })).toBe(true);
    expect(pauses).toEqual([]);
    expect((await readStanding()).version).toBe(0);
  });

  it('lets the first request go at once and keeps the others apart, although they come together', async () => {
    expect(await Promise.all(Array.from({ length: 5 }, () => take()))).toEqual(Array(5).fill(true));

    expect(pauses.toSorted()).toEqual([1, 2, 3, 4]);
  });

  it('does not wait after a while without requests', async () => {
    await take();
    limits.clock.advance(1);

    expect(await take()).toBe(true);
    expect(pauses).toEqual([]);
  });

  it('makes no request that would have to wait longer than 20 s, and takes no moment for it', async () => {
    for (let requests = 0; requests < 21; requests += 1) await take();
    expect(pauses.at(-1)).toBe(20);
    const before = await readStanding();

    expect(await take()).toBe(false);

    expect(pauses).toHaveLength(20);
    expect(await readStanding()).toEqual(before);
    expect(secondsBetween(limits.clock.now(), before.nextRequestAt ?? '')).toBe(21);
  });
});
