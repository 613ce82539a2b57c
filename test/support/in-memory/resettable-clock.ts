import { createManualClock, type ManualClock } from '../manual-clock.ts';

/** A manual clock that can begin anew; then its timers are gone. */
export interface ResettableClock extends ManualClock {
  reset(): void;
}

export function createResettableClock(): ResettableClock {
  let clock = createManualClock();
  return {
    now: () => clock.now(),
    schedule: (at, action) => clock.schedule(at, action),
    advance: (seconds) => clock.advance(seconds),
    advanceToNextTimer: () => clock.advanceToNextTimer(),
    reset() {
      clock = createManualClock();
    },
  };
}
