import type { TimerClock } from '../../infra/local/timer-clock.ts';

interface Timer {
  readonly at: number;
  readonly action: () => void;
}

/** A clock that stands still until a test moves it. Timers fire in order of their time. */
export interface ManualClock extends TimerClock {
  /** Moves by `seconds`, firing each timer that falls due at its own moment. */
  advance(seconds: number): void;
  /** Moves to the earliest timer and fires it; false when there is none. */
  advanceToNextTimer(): boolean;
}

export function createManualClock(start = '2026-03-02T10:00:00.000Z'): ManualClock {
  let nowMs = new Date(start).getTime();
  const timers = new Set<Timer>();
  const next = () => [...timers].sort((a, b) => a.at - b.at)[0];
  const fire = (timer: Timer) => {
    timers.delete(timer);
    nowMs = Math.max(nowMs, timer.at);
    timer.action();
  };
  return {
    now: () => new Date(nowMs),
    schedule(at, action) {
      const timer = { at: at.getTime(), action };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    advance(seconds) {
      const target = nowMs + seconds * 1000;
      for (let timer = next(); timer !== undefined && timer.at <= target; timer = next()) fire(timer);
      nowMs = target;
    },
    advanceToNextTimer() {
      const timer = next();
      if (timer !== undefined) fire(timer);
      return timer !== undefined;
    },
  };
}
