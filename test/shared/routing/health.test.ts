import { describe, expect, it } from 'vitest';
import { secondsAfter, secondsBetween } from '../../../shared/clock.ts';
import type { FailureCode } from '../../../shared/domain/job-progress.ts';
import { freshStanding, type Standing } from '../../../shared/domain/standing.ts';
import {
  afterFailure,
  afterRateLimit,
  afterSuccess,
  healthOf,
  takeProbe,
} from '../../../shared/routing/health.ts';

const start = new Date('2026-03-02T10:00:00.000Z');
const at = (seconds: number) => new Date(secondsAfter(start, seconds));

/** The standing after a failure at each of these moments. */
function afterFailures(moments: readonly number[], code: FailureCode = 'provider_unavailable'): Standing {
  return moments.reduce((standing, seconds) => afterFailure(standing, code, at(seconds)), freshStanding);
}

/** How long the circuit is open from this moment on. */
function openSeconds({ openUntil }: Standing, seconds: number): number {
  return openUntil === undefined ? 0 : secondsBetween(at(seconds), openUntil);
}

describe('the circuit of a provider', () => {
  it('is closed as long as nothing is known', () => {
    expect(healthOf(freshStanding, start)).toBe('closed');
  });

  it('stays closed after two failures in a row and opens for 30 s after the third', () => {
    expect(healthOf(afterFailures([0, 1]), at(1))).toBe('closed');
    expect(openSeconds(afterFailures([0, 1, 2]), 2)).toBe(30);
    expect(healthOf(afterFailures([0, 1, 2]), at(31.9))).toBe('open');
  });

  it.each(['provider_auth', 'provider_balance'] as const)(
    'opens at once on %s, which fails every order',
    (code) => {
      expect(openSeconds(afterFailures([0], code), 0)).toBe(30);
    },
  );

  it('stays closed when a success came in between', () => {
    const recovered = afterSuccess(afterFailures([0, 1])) ?? freshStanding;

    expect(healthOf(afterFailure(recovered, 'provider_unavailable', at(2)), at(2))).toBe('closed');
  });

  it('forgets failures that are ten minutes old', () => {
    expect(afterFailures([0, 1, 602])).toMatchObject({ failures: 1 });
    expect(healthOf(afterFailures([0, 1, 602]), at(602))).toBe('closed');
    expect(healthOf(afterFailures([0, 1, 600]), at(600))).toBe('open');
  });

  it('lets exactly one probe through once its time is over', () => {
    const open = afterFailures([0, 1, 2]);
    expect(takeProbe(open, at(31))).toBeUndefined();
    expect(healthOf(open, at(32))).toBe('half_open');

    const probed = takeProbe(open, at(32)) ?? freshStanding;

    expect(healthOf(probed, at(32))).toBe('open');
    expect(takeProbe(probed, at(33))).toBeUndefined();
  });

  it('lets another probe through when the one before did not come back in 90 s', () => {
    const probed = takeProbe(afterFailures([0, 1, 2]), at(32)) ?? freshStanding;

    expect(takeProbe(probed, at(121.9))).toBeUndefined();
    expect(takeProbe(probed, at(122))).toBeDefined();
  });

  it('takes no probe while it is closed', () => {
    expect(takeProbe(freshStanding, start)).toBeUndefined();
  });

  it('closes, and forgets everything, when a probe succeeds', () => {
    const probed = takeProbe(afterFailures([0, 1, 2]), at(32)) ?? freshStanding;

    expect(afterSuccess(probed)).toEqual(freshStanding);
  });

  it('stays open twice as long after each failed probe, a quarter of an hour at most', () => {
    let standing = afterFailures([0, 1, 2]);
    const waits: number[] = [];
    for (let seconds = 2, probes = 0; probes < 7; probes += 1) {
      const wait = openSeconds(standing, seconds);
      waits.push(wait);
      seconds += wait;
      const probed = takeProbe(standing, at(seconds)) ?? freshStanding;
      standing = afterFailure(probed, 'provider_unavailable', at(seconds));
    }

    expect(waits).toEqual([30, 60, 120, 240, 480, 900, 900]);
  });

  it('opens again at once when a probe fails long after the failures before', () => {
    const probed = takeProbe(afterFailures([0, 1, 2]), at(7200)) ?? freshStanding;

    expect(openSeconds(afterFailure(probed, 'provider_unreachable', at(7201)), 7201)).toBe(60);
  });

  it('is not changed by a success that is nothing new', () => {
    expect(afterSuccess(freshStanding)).toBeUndefined();
  });
});

describe('a provider that asks for patience', () => {
  const pausedFor = (standing: Standing) => secondsBetween(start, standing.pausedUntil ?? start);

  it('is given as long as it says', () => {
    expect(pausedFor(afterRateLimit(freshStanding, 42, start))).toBe(42);
  });

  it('is given longer and longer, ten minutes at most, when it does not say', () => {
    let standing = freshStanding;
    const pauses = Array.from({ length: 8 }, () => {
      standing = afterRateLimit(standing, undefined, start);
      return pausedFor(standing);
    });

    expect(pauses).toEqual([15, 30, 60, 120, 240, 480, 600, 600]);
  });

  it('begins with the shortest pause again after an order went through', () => {
    const patient = afterRateLimit(afterRateLimit(freshStanding, undefined, start), undefined, start);
    const again = afterRateLimit(afterSuccess(patient) ?? patient, undefined, at(100));

    expect(pausedFor(again)).toBe(115);
  });

  it.each([0, 5, undefined])('is never given less than was promised: %s', (seconds) => {
    const promised = afterRateLimit(freshStanding, 60, start);

    expect(pausedFor(afterRateLimit(promised, seconds, at(1)))).toBe(60);
  });

  it('is given more when it says more', () => {
    expect(pausedFor(afterRateLimit(afterRateLimit(freshStanding, 60, start), 90, at(1)))).toBe(91);
  });

  it('is not taken for broken', () => {
    const standing = [1, 2, 3, 4].reduce((before) => afterRateLimit(before, undefined, start), freshStanding);

    expect(healthOf(standing, start)).toBe('closed');
  });
});
