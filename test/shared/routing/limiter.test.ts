import { describe, expect, it } from 'vitest';
import { secondsAfter, secondsBetween } from '../../../shared/clock.ts';
import type { ProviderLimits } from '../../../shared/domain/offer.ts';
import { freshStanding, type Standing } from '../../../shared/domain/standing.ts';
import { expectedStart, grantRequest, grantStart, releaseLease } from '../../../shared/routing/limiter.ts';
import { createRandom, pick } from '../../prove/random.ts';

const start = new Date('2026-03-02T10:00:00.000Z');
const at = (seconds: number) => new Date(secondsAfter(start, seconds));
const ask = (standing: Standing, limits: ProviderLimits, taskId: string, seconds = 0) =>
  grantStart(standing, { limits, taskId, now: at(seconds) });

function granted(standing: Standing, limits: ProviderLimits, taskId: string, seconds = 0): Standing {
  const grant = ask(standing, limits, taskId, seconds);
  if (grant.kind === 'full') throw new Error(`There is no place for ${taskId}`);
  return grant.standing;
}

/** The standing after so many tasks got their places, one every `everySeconds`. */
function afterStarts(limits: ProviderLimits, count: number, everySeconds = 0): Standing {
  let standing = freshStanding;
  for (let number = 0; number < count; number += 1) {
    standing = granted(standing, limits, `task-${number}`, number * everySeconds);
  }
  return standing;
}

describe('grantStart', () => {
  it('grants at once where nothing is limited', () => {
    expect(ask(freshStanding, {}, 'a')).toMatchObject({ kind: 'granted', at: start.toISOString() });
  });

  it('is full, for nobody knows how long, while as many tasks hold a place as may at once', () => {
    const standing = afterStarts({ concurrent: 2 }, 2);

    expect(ask(standing, { concurrent: 2 }, 'late', 86_400)).toEqual({ kind: 'full' });
  });

  it('grants the place that was given back', () => {
    const released = releaseLease(afterStarts({ concurrent: 2 }, 2), 'task-0');

    expect(ask(released ?? freshStanding, { concurrent: 2 }, 'late')).toMatchObject({ kind: 'granted' });
  });

  it('returns the same place to who holds one, and counts nothing twice', () => {
    const limits = { concurrent: 1, perMinute: 1, perHour: 1, spacingMs: 5000 };
    const standing = granted(freshStanding, limits, 'a');

    expect(ask(standing, limits, 'a')).toEqual({ kind: 'granted', at: start.toISOString(), standing });
  });

  it('returns the place of who holds one also while the provider is stopped', () => {
    const standing = { ...granted(freshStanding, {}, 'a'), stoppedAt: start.toISOString() };

    expect(ask(standing, {}, 'a')).toMatchObject({ kind: 'granted' });
  });

  it.each([
    ['perMinute', 60],
    ['perHour', 3600],
  ] as const)('opens a full window of %s a second after its oldest start left it', (window, seconds) => {
    const limits = { [window]: 3 };
    const standing = afterStarts(limits, 3, 5);

    expect(ask(standing, limits, 'late', 12)).toEqual({
      kind: 'full',
      availableAt: secondsAfter(start, seconds + 1),
    });
    expect(ask(standing, limits, 'late', seconds + 1)).toMatchObject({ kind: 'granted' });
  });

  it('keeps the distance to the start before', () => {
    const standing = granted(freshStanding, { spacingMs: 1500 }, 'a');

    expect(ask(standing, { spacingMs: 1500 }, 'b')).toMatchObject({ at: secondsAfter(start, 1.5) });
  });

  it('keeps the distance to a look before it, and a look to a start', () => {
    const limits = { spacingMs: 1000 };
    const look = grantRequest(freshStanding, limits, start);
    const grant = ask(look.standing, limits, 'a');
    if (grant.kind === 'full') throw new Error('There is no place');

    expect([look.at, grant.at, grantRequest(grant.standing, limits, start).at]).toEqual(
      [0, 1, 2].map((seconds) => secondsAfter(start, seconds)),
    );
  });

  it('grants what is 10 s ahead now, and what is further ahead later', () => {
    const pausedFor = (seconds: number) => ({ ...freshStanding, pausedUntil: secondsAfter(start, seconds) });

    expect(ask(pausedFor(10), {}, 'a')).toMatchObject({ kind: 'granted', at: secondsAfter(start, 10) });
    expect(ask(pausedFor(10.001), {}, 'a')).toEqual({
      kind: 'full',
      availableAt: secondsAfter(start, 10.001),
    });
  });

  it('is full, for nobody knows how long, while an operator stopped the provider', () => {
    const stopped = { ...freshStanding, stoppedAt: start.toISOString() };

    expect(ask(stopped, {}, 'a', 86_400)).toEqual({ kind: 'full' });
  });

  it('remembers no more starts than its widest window needs', () => {
    const limits = { perMinute: 2, perHour: 5 };
    const standing = afterStarts(limits, 12, 1000);

    expect(standing.startsMs).toEqual([7, 8, 9, 10, 11].map((number) => at(number * 1000).getTime()));
    expect(afterStarts({ concurrent: 50 }, 5).startsMs).toEqual([]);
  });
});

describe('a place whose moment was missed', () => {
  const limits = { concurrent: 1, perHour: 2, spacingMs: 1000 };

  it('starts now, and counts as one start, now', () => {
    const late = ask(granted(freshStanding, limits, 'a'), limits, 'a', 300);

    expect(late).toMatchObject({
      at: secondsAfter(start, 300),
      standing: {
        leases: { a: secondsAfter(start, 300) },
        startsMs: [at(300).getTime()],
        nextRequestAt: secondsAfter(start, 301),
      },
    });
  });

  it('waits for its turn among the requests that were granted meanwhile', () => {
    const look = grantRequest(granted(freshStanding, limits, 'a'), limits, at(5));

    expect(ask(look.standing, limits, 'a', 5)).toMatchObject({ at: secondsAfter(start, 6) });
  });

  it('is kept, until its window opens, when that is full meanwhile', () => {
    const wide = { ...limits, concurrent: 3 };
    const standing = [20, 40].reduce(
      (before, seconds) => granted(before, { ...wide, perHour: 3 }, `task-${seconds}`, seconds),
      granted(freshStanding, wide, 'a'),
    );

    expect(ask(standing, wide, 'a', 300)).toEqual({
      kind: 'full',
      availableAt: secondsAfter(start, 20 + 3601),
    });
  });

  it('is not used while an operator stopped the provider', () => {
    const stopped = { ...granted(freshStanding, limits, 'a'), stoppedAt: start.toISOString() };

    expect(ask(stopped, limits, 'a', 300)).toEqual({ kind: 'full' });
  });
});

describe('a provider that asked for patience', () => {
  const paused = { ...freshStanding, pauses: 1, pausedUntil: secondsAfter(start, 30) };

  it('gets one order first, and the others when that was taken or had a minute', () => {
    const standing = granted(paused, {}, 'probe', 30);

    expect(ask(standing, {}, 'b', 31)).toEqual({ kind: 'full', availableAt: secondsAfter(start, 90) });
    expect(ask({ ...standing, pauses: 0 }, {}, 'b', 31)).toMatchObject({ kind: 'granted' });
    expect(ask(standing, {}, 'b', 90)).toMatchObject({ kind: 'granted' });
  });

  it('gets another order first when the one before gave its place back', () => {
    const released = releaseLease(granted(paused, {}, 'probe', 30), 'probe') ?? paused;

    expect(ask(released, {}, 'b', 31)).toMatchObject({ kind: 'granted' });
  });

  it('does not take jobs from before its pause for the first order after it', () => {
    const running = { ...paused, leases: { running: start.toISOString() } };

    expect(ask(running, {}, 'b', 30)).toMatchObject({ kind: 'granted' });
  });
});

describe('releaseLease', () => {
  it('changes nothing for a task that holds no place', () => {
    expect(releaseLease(granted(freshStanding, {}, 'a'), 'b')).toBeUndefined();
  });

  it('gives one place back and remembers that it was a start', () => {
    const standing = afterStarts({ perHour: 9 }, 2);

    expect(releaseLease(standing, 'task-0')).toEqual({
      ...standing,
      leases: { 'task-1': start.toISOString() },
    });
  });
});

describe('a long random run', () => {
  const limits = { concurrent: 7, perMinute: 4, perHour: 60, spacingMs: 1000 };

  it.each([1, 2, 3])('never exceeds any limit, and uses what it may (seed %i)', (seed) => {
    const { starts, requests, mostAtOnce } = runRandomly(limits, seed);

    expect(mostAtOnce).toBe(limits.concurrent);
    expect(mostWithin(starts, 60)).toBe(limits.perMinute);
    expect(mostWithin(starts, 3600)).toBe(limits.perHour);
    expect(closest(requests)).toBe(1);
  });
});

/** Six hours in which tasks ask often, look, and give their places back after a while. */
function runRandomly(limits: ProviderLimits, seed: number) {
  const random = createRandom(seed);
  const starts: number[] = [];
  const requests: number[] = [];
  let standing = freshStanding;
  let mostAtOnce = 0;
  for (let seconds = 0, number = 0; seconds < 6 * 3600; seconds += random() * 4, number += 1) {
    const holders = Object.keys(standing.leases);
    const chance = random();
    if (chance < 0.05 && holders.length > 0) {
      standing = releaseLease(standing, pick(random, holders)) ?? standing;
    } else if (chance < 0.1) {
      const look = grantRequest(standing, limits, at(seconds));
      requests.push(secondsBetween(start, look.at));
      standing = look.standing;
    } else {
      const grant = ask(standing, limits, `task-${number}`, seconds);
      if (grant.kind === 'full') continue;
      standing = grant.standing;
      starts.push(secondsBetween(start, grant.at));
      requests.push(secondsBetween(start, grant.at));
    }
    mostAtOnce = Math.max(mostAtOnce, Object.keys(standing.leases).length);
  }
  return { starts, requests, mostAtOnce };
}

/** The most moments in any half-open window of so many seconds. */
function mostWithin(moments: readonly number[], seconds: number): number {
  const sorted = moments.toSorted((a, b) => a - b);
  return Math.max(
    ...sorted.map((from) => sorted.filter((moment) => moment >= from && moment < from + seconds).length),
  );
}

function closest(moments: readonly number[]): number {
  const sorted = moments.toSorted((a, b) => a - b);
  return Math.min(...sorted.slice(1).map((moment, index) => round(moment - (sorted[index] ?? 0))));
}

function round(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}

describe('expectedStart', () => {
  const expected = (standing: Standing, limits: ProviderLimits, waiting = 0) =>
    secondsBetween(start, expectedStart(standing, { limits, waiting, typicalSeconds: 180, now: start }));

  it('is now where there is room', () => {
    expect(expected(freshStanding, { concurrent: 10, perHour: 60 })).toBe(0);
  });

  it('is when the oldest job usually ends where all places are taken', () => {
    expect(expected(afterStarts({ concurrent: 2 }, 2), { concurrent: 2 })).toBe(180);
  });

  it('is when the window opens where that comes later', () => {
    const limits = { concurrent: 2, perHour: 2 };

    expect(expected(afterStarts(limits, 2), limits)).toBe(3601);
  });

  it.each([
    ['nothing', {}],
    ['places', { concurrent: 3 }],
    ['minutes', { perMinute: 20 }],
    ['hours', { perHour: 60 }],
    ['distances', { spacingMs: 1000 }],
    ['everything', { concurrent: 10, perMinute: 20, perHour: 60, spacingMs: 1000 }],
  ])('never comes earlier when more wait before, where %s is limited', (_, limits) => {
    const standing = afterStarts({}, 10);
    const starts = [0, 1, 2, 5, 50, 500].map((waiting) => expected(standing, limits, waiting));

    expect(starts).toEqual(starts.toSorted((a, b) => a - b));
  });

  it('counts the slowest of the limits for each that waits before', () => {
    const limits = { concurrent: 10, perMinute: 20, perHour: 60, spacingMs: 1000 };

    expect(expected(freshStanding, limits, 3)).toBe(180);
  });
});
