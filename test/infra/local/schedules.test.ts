import { describe, expect, it } from 'vitest';
import { startSchedules } from '../../../infra/local/schedules.ts';
import { createManualClock } from '../../support/manual-clock.ts';

const rules = [
  { kind: 'schedule', name: 'minute', arn: 'arn:minute', everySeconds: 60, targets: [] },
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

  it('fires no more after it was stopped', () => {
    const { clock, fired, stop } = start();
    stop();
    clock.advance(600);
    expect(fired).toHaveLength(1);
  });
});
