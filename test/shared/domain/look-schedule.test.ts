import { describe, expect, it } from 'vitest';
import { secondsAfter, secondsBetween } from '../../../shared/clock.ts';
import {
  deadlineAfter,
  isLastLook,
  nextLookSeconds,
  type Wait,
} from '../../../shared/domain/look-schedule.ts';

const since = '2026-03-02T10:00:00.000Z';

function wait(overrides: Partial<Wait> & { elapsed: number }): Wait {
  const now = new Date(secondsAfter(since, overrides.elapsed));
  return {
    since,
    deadlineAt: deadlineAfter(new Date(since)),
    now,
    typicalSeconds: 180,
    hasCallback: false,
    looks: 0,
    ...overrides,
  };
}

/** The moments, in seconds after acceptance, of all looks at a job that never ends. */
function looksToDeadline(options: Partial<Wait>): number[] {
  const moments: number[] = [];
  for (let elapsed = 0; elapsed < 1200; moments.push(elapsed)) {
    elapsed += nextLookSeconds(wait({ ...options, elapsed, looks: moments.length }));
  }
  return moments;
}

describe('nextLookSeconds', () => {
  it('first looks at a job that calls back after 150 % of its typical time', () => {
    expect(nextLookSeconds(wait({ elapsed: 0, hasCallback: true }))).toBe(270);
  });

  it('first looks at a job that must be polled after 60 % of its typical time, then often', () => {
    expect(looksToDeadline({}).slice(0, 8)).toEqual([108, 120, 132, 144, 156, 168, 180, 192]);
  });

  it.each([3, 6, 60, 180, 600])(
    'reaches the deadline with at most 20 looks at a typical time of %i s',
    (typicalSeconds) => {
      for (const hasCallback of [false, true]) {
        const moments = looksToDeadline({ typicalSeconds, hasCallback });
        expect(moments.length).toBeLessThanOrEqual(20);
        expect(moments.at(-1)).toBe(1200);
      }
    },
  );

  it('is a whole number from 1 to 86,400, whatever happened', () => {
    for (const elapsed of [-5, 0, 0.4, 107.9, 108, 1199.9, 1200, 5000, 1e6]) {
      for (const looks of [0, 1, 19, 20, 500]) {
        const seconds = nextLookSeconds(wait({ elapsed, looks, typicalSeconds: 0.5 }));
        expect(Number.isInteger(seconds)).toBe(true);
        expect(seconds).toBeGreaterThanOrEqual(1);
        expect(seconds).toBeLessThanOrEqual(86_400);
      }
    }
  });
});

describe('isLastLook', () => {
  it('is the one at the deadline', () => {
    expect(isLastLook(wait({ elapsed: 1199 }), false)).toBe(false);
    expect(isLastLook(wait({ elapsed: 1200 }), false)).toBe(true);
  });

  it('comes an hour later when it cannot be read', () => {
    expect(isLastLook(wait({ elapsed: 1200 + 3599 }), true)).toBe(false);
    expect(isLastLook(wait({ elapsed: 1200 + 3600 }), true)).toBe(true);
  });
});

describe('deadlineAfter', () => {
  it('is twenty minutes after the acceptance', () => {
    expect(secondsBetween(since, deadlineAfter(new Date(since)))).toBe(1200);
  });
});
