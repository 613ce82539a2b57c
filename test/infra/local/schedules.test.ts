import { describe, expect, it } from 'vitest';
import { startSchedules } from '../../../infra/local/schedules.ts';
import { createManualClock } from '../../support/manual-clock.ts';

const rules = [
  {
    kind: 'schedule',
    name: 'minute',
    arn: 'arn:minute',
    schedule: { kind: 'rate', everySeconds: 60 },
    targets: [],
  },
  { kind: 'pattern', name: 'drop', arn: 'arn:drop', pattern: {}, targets: [] },
] as const;

function start() {
  const clock = createManualClock();
  const fired: string[] = [];
  const stop = startSchedules({ rules, clock, fire: ({ name }) => fired.push(name) });
  return { clock, fired, stop };
}

describe('startSchedules', () => {
  it('fires a schedule at the start, then each time its rate has passed', () => {
    const { clock, fired } = start();
    expect(fired).toEqual(['minute']);
    clock.advance(59);
    expect(fired).toHaveLength(1);
    clock.advance(61);
    expect(fired).toHaveLength(3);
  });

  it.each([
    ['2026-03-02T02:14:59.000Z', ['2026-03-02T02:15:00.000Z', '2026-03-03T02:15:00.000Z']],
    ['2026-03-02T02:15:00.000Z', ['2026-03-03T02:15:00.000Z', '2026-03-04T02:15:00.000Z']],
    ['2026-02-28T10:00:00.000Z', ['2026-03-01T02:15:00.000Z', '2026-03-02T02:15:00.000Z']],
  ])('fires a daily schedule at its time in UTC, but not at the start at %s', (now, expected) => {
    const clock = createManualClock(now);
    const fired: string[] = [];
    const daily = {
      kind: 'schedule',
      name: 'daily',
      arn: 'arn:daily',
      schedule: { kind: 'daily', secondOfDay: 8100 },
      targets: [],
    } as const;
    const stop = startSchedules({ rules: [daily], clock, fire: () => fired.push(clock.now().toISOString()) });

    expect(fired).toEqual([]);
    clock.advance(2 * 86_400);
    expect(fired).toEqual(expected);
    stop();
    clock.advance(2 * 86_400);
    expect(fired).toEqual(expected);
  });

  it('fires no more after it was stopped', () => {
    const { clock, fired, stop } = start();
    stop();
    clock.advance(600);
    expect(fired).toHaveLength(1);
  });
});
