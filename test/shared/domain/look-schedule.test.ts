import { describe, expect, it } from 'vitest';
import { secondsAfter, secondsBetween } from '../../../shared/clock.ts';
import { type GenerationTimes, priorTimes } from '../../../shared/domain/generation-times.ts';
import {
  deadlineAfter,
  isLastLook,
  likelySeconds,
  nextLookSeconds,
  type Wait,
} from '../../../shared/domain/look-schedule.ts';
import { percentileOf } from '../../bench/format-table.ts';
import { createRandom } from '../../prove/random.ts';
import { drawJobSeconds, type LookedAt, lookAndLearn, looksToDeadline } from '../../support/polled-jobs.ts';

const since = '2026-03-02T10:00:00.000Z';
/** A provider that is known well: median 180 s, σ = 0.2. */
const known: GenerationTimes = { ...priorTimes(180), varianceLog: 0.04 };

function wait({ elapsed, ...overrides }: Partial<Wait> & { elapsed: number }): Wait {
  return {
    since,
    deadlineAt: deadlineAfter(new Date(since)),
    now: new Date(secondsAfter(since, elapsed)),
    times: known,
    hasCallback: false,
    ...overrides,
  };
}

function summarize(jobs: readonly LookedAt[]) {
  const lags = jobs.map(({ lagSeconds }) => lagSeconds);
  return {
    medianLag: percentileOf(lags, 0.5),
    p95Lag: percentileOf(lags, 0.95),
    meanLooks: jobs.reduce((sum, { looks }) => sum + looks, 0) / jobs.length,
    mostLooks: Math.max(...jobs.map(({ looks }) => looks)),
  };
}

describe('nextLookSeconds', () => {
  it('first looks at a job that calls back after 150 % of its median, then ever more seldom', () => {
    const moments = looksToDeadline(priorTimes(180), true);
    expect(moments.slice(0, 4)).toEqual([270, 292, 316, 342]);
    expect(moments.slice(-2)).toEqual([1109, 1200]);
  });

  it('first looks at a job that must be polled after 60 % of its typical time, as long as nothing was learned', () => {
    expect(looksToDeadline(priorTimes(180))[0]).toBe(109);
  });

  it('looks at a known provider most often where most jobs end', () => {
    expect(looksToDeadline(known)).toEqual([
      137, 150, 163, 169, 174, 178, 183, 187, 191, 195, 200, 205, 212, 223, 237, 250, 264, 279, 498, 1200,
    ]);
  });

  it.each([0.5, 3, 6, 60, 180, 600, 1300])(
    'reaches the deadline with at most 20 looks at a median of %d s',
    (seconds) => {
      for (const hasCallback of [false, true]) {
        for (const varianceLog of [0.0025, 0.04, 0.25, 1]) {
          const moments = looksToDeadline({ ...priorTimes(seconds), varianceLog }, hasCallback);
          expect(moments.length).toBeLessThanOrEqual(20);
          expect(moments.at(-1)).toBe(1200);
        }
      }
    },
  );

  it('does not repeat a look that was just made when what was learned meanwhile moves it', () => {
    const slower = { ...known, meanLog: known.meanLog + 0.005 };
    expect(nextLookSeconds(wait({ elapsed: 178 }))).toBe(5);
    expect(nextLookSeconds(wait({ elapsed: 178, times: slower }))).toBe(6);
  });

  it('keeps to the schedule when the steps before a look took their time', () => {
    expect(nextLookSeconds(wait({ elapsed: 178.6 }))).toBe(5);
    expect(nextLookSeconds(wait({ elapsed: 183.9 }))).toBe(4);
  });

  it('is a whole number from 1 to 86,400, whatever happened', () => {
    for (const elapsed of [-1e6, -5, 0, 0.4, 107.9, 108, 1199.9, 1200, 5000, 1e6]) {
      for (const typicalSeconds of [0.001, 0.5, 180, 1e6]) {
        for (const hasCallback of [false, true]) {
          const seconds = nextLookSeconds(wait({ elapsed, times: priorTimes(typicalSeconds), hasCallback }));
          expect(Number.isInteger(seconds)).toBe(true);
          expect(seconds).toBeGreaterThanOrEqual(1);
          expect(seconds).toBeLessThanOrEqual(86_400);
        }
      }
    }
  });
});

describe('looking at 1,000 polled jobs of a median of 180 s', () => {
  const count = 1000;

  it.each([20261121, 20261122, 20261123])(
    'sees half of them within 4 s and 19 of 20 within 15 s, with at most 8 looks on average (seed %i)',
    (seed) => {
      const jobSeconds = drawJobSeconds(createRandom(seed), { count, medianSeconds: 180, sigma: 0.2 });
      const { medianLag, p95Lag, meanLooks, mostLooks } = summarize(lookAndLearn(jobSeconds, 180));
      expect(medianLag).toBeLessThanOrEqual(4);
      expect(p95Lag).toBeLessThanOrEqual(15);
      expect(meanLooks).toBeLessThanOrEqual(8);
      expect(mostLooks).toBeLessThanOrEqual(20);
    },
  );

  it.each([90, 360])(
    'has learned it after 100 of them when its typical time is said to be %i s',
    (typical) => {
      const jobSeconds = drawJobSeconds(createRandom(7), { count, medianSeconds: 180, sigma: 0.2 });
      const { medianLag, p95Lag, meanLooks } = summarize(lookAndLearn(jobSeconds, typical).slice(100));
      expect(medianLag).toBeLessThanOrEqual(4.5);
      expect(p95Lag).toBeLessThanOrEqual(15);
      expect(meanLooks).toBeLessThanOrEqual(8.2);
    },
  );

  it('still sees half of them within 6 s when one in ten takes three times as long', () => {
    const jobSeconds = drawJobSeconds(createRandom(7), { count, medianSeconds: 180, sigma: 0.2 });
    const withStragglers = jobSeconds.map((seconds, job) => (job % 10 === 9 ? 3 * seconds : seconds));
    const { medianLag, meanLooks, mostLooks } = summarize(lookAndLearn(withStragglers, 180));
    expect(medianLag).toBeLessThanOrEqual(6);
    expect(meanLooks).toBeLessThanOrEqual(8.2);
    expect(mostLooks).toBeLessThanOrEqual(20);
  });
});

describe('likelySeconds', () => {
  it('is the time of the ring where the provider rang', () => {
    expect(likelySeconds(wait({ elapsed: 201.5, hasCallback: true }), true)).toBe(201.5);
  });

  it('is the time of the look that follows a ring that came too early', () => {
    expect(likelySeconds(wait({ elapsed: 205, hasCallback: true }), false)).toBe(205);
  });

  it('is in the middle between the look that saw the end and the one before', () => {
    expect(likelySeconds(wait({ elapsed: 178 }), false)).toBe(176);
    expect(likelySeconds(wait({ elapsed: 178.5 }), false)).toBe(176.5);
  });

  it('is a little before the first look, where that saw the end', () => {
    const seconds = likelySeconds(wait({ elapsed: 137 }), false);
    expect(seconds).toBeGreaterThan(120);
    expect(seconds).toBeLessThan(130);
  });

  it('is the median where a callback was lost, so that nothing is learned from our own patience', () => {
    expect(likelySeconds(wait({ elapsed: 270, hasCallback: true }), false)).toBeCloseTo(180, 6);
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
