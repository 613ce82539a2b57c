import { describe, expect, it } from 'vitest';
import { rateWindowAt, secondsToReset } from '../../../shared/domain/rate-limit.ts';

describe('rateWindowAt', () => {
  it.each([
    ['2026-03-02T10:00:00.000Z', '2026-03-02T10:00:00.000Z', '2026-03-02T10:01:00.000Z'],
    ['2026-03-02T10:00:59.999Z', '2026-03-02T10:00:00.000Z', '2026-03-02T10:01:00.000Z'],
    ['2026-12-31T23:59:30.000Z', '2026-12-31T23:59:00.000Z', '2027-01-01T00:00:00.000Z'],
  ])('holds %s in the minute from %s to %s', (now, startsAt, endsAt) => {
    expect(rateWindowAt(new Date(now))).toEqual({ startsAt, endsAt });
  });
});

describe('secondsToReset', () => {
  it.each([
    ['10:00:00.000', 60],
    ['10:00:00.001', 60],
    ['10:00:59.000', 1],
    ['10:00:59.999', 1],
    ['10:01:00.000', 0],
    ['10:01:24.500', 0],
  ])('is, at %s, %i', (time, seconds) => {
    const resetsAt = '2026-03-02T10:01:00.000Z';
    const standing = { isWithin: true, limit: 5, remaining: 4, resetsAt };

    expect(secondsToReset(standing, new Date(`2026-03-02T${time}Z`))).toBe(seconds);
  });
});
