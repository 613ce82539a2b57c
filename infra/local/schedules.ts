import { secondsAfter } from '../../shared/clock.ts';
import type { EventRule } from './template/read-event-rules.ts';
import type { Schedule } from './template/schedule.ts';
import type { TimerClock } from './timer-clock.ts';

type ScheduleRule = Extract<EventRule, { kind: 'schedule' }>;

interface ScheduleOptions {
  readonly rules: readonly EventRule[];
  readonly clock: TimerClock;
  fire(rule: ScheduleRule): void;
}

/**
 * Fires each rule that has a rate at once, so that a restart repairs without delay, then at its rate; a daily one at
 * its time. A time that passes while nothing runs is left out. Returns how to stop.
 */
export function startSchedules({ rules, clock, fire }: ScheduleOptions): () => void {
  const cancels = new Map<string, () => void>();
  const arm = (rule: ScheduleRule) => {
    const next = nextTime(rule.schedule, clock.now());
    cancels.set(
      rule.name,
      clock.schedule(next, () => run(rule)),
    );
  };
  const run = (rule: ScheduleRule) => {
    arm(rule);
    fire(rule);
  };
  for (const rule of rules) {
    if (rule.kind !== 'schedule') continue;
    if (rule.schedule.kind === 'rate') run(rule);
    else arm(rule);
  }
  return () => {
    for (const cancel of cancels.values()) cancel();
  };
}

function nextTime(schedule: Schedule, now: Date): Date {
  if (schedule.kind === 'rate') return new Date(secondsAfter(now, schedule.everySeconds));
  const midnight = `${now.toISOString().slice(0, 10)}T00:00:00.000Z`;
  const today = new Date(secondsAfter(midnight, schedule.secondOfDay));
  return today > now ? today : new Date(secondsAfter(today, 86_400));
}
