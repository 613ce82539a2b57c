import { secondsAfter } from '../../shared/clock.ts';
import type { EventRule } from './template/read-event-rules.ts';
import type { TimerClock } from './timer-clock.ts';

type ScheduleRule = Extract<EventRule, { kind: 'schedule' }>;

interface ScheduleOptions {
  readonly rules: readonly EventRule[];
  readonly clock: TimerClock;
  fire(rule: ScheduleRule): void;
}

/** Fires each rule at once, so that a restart repairs without delay, then at its rate. Returns how to stop. */
export function startSchedules({ rules, clock, fire }: ScheduleOptions): () => void {
  const cancels = new Map<string, () => void>();
  const run = (rule: ScheduleRule) => {
    const next = new Date(secondsAfter(clock.now(), rule.everySeconds));
    cancels.set(
      rule.name,
      clock.schedule(next, () => run(rule)),
    );
    fire(rule);
  };
  for (const rule of rules) if (rule.kind === 'schedule') run(rule);
  return () => {
    for (const cancel of cancels.values()) cancel();
  };
}
