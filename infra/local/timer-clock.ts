import type { Clock } from '../../shared/clock.ts';

/** A clock that can also wake somebody up. Every wait of the local gateway goes through it. */
export interface TimerClock extends Clock {
  /** Runs `action` once at `at`, or soon when that is past. Returns how to cancel it. */
  schedule(at: Date, action: () => void): () => void;
}

const longestTimeoutMs = 2 ** 31 - 1;

export const systemTimerClock: TimerClock = {
  now: () => new Date(),
  schedule(at, action) {
    let timer: NodeJS.Timeout;
    const arm = () => {
      const remainingMs = Math.max(0, at.getTime() - Date.now());
      timer = setTimeout(wake, Math.min(remainingMs, longestTimeoutMs));
    };
    // By the wall clock a timer of Node may fire a millisecond early: a job would call back as not yet done.
    const wake = () => (Date.now() < at.getTime() ? arm() : action());
    arm();
    return () => clearTimeout(timer);
  },
};
