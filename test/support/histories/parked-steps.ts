import type { TimerClock } from '../../../infra/local/timer-clock.ts';
import { secondsAfter } from '../../../shared/clock.ts';
import type { Judge } from '../fault-kit/workers.ts';

type Run = (judge?: Judge) => Promise<unknown>;

interface ParkedStep {
  readonly name: string;
  readonly run: Run;
  /** Ends it for the state machine as `outcome` ends. */
  answer(outcome: Promise<unknown>): void;
}

/** Calls of the state machine that nobody runs yet. */
export interface ParkedSteps {
  /** Parks a call, or runs it where nothing is parked any more. */
  onStep(name: string, run: Run): Promise<unknown>;
  isEmpty(): boolean;
  /** Takes one out; absent when there is none. */
  take(pick: number): ParkedStep | undefined;
  /** Runs all, and from then on each at once; until the next `park`. */
  release(): void;
  park(): void;
  forget(): void;
}

/** A call that nobody ran for so long is never run: what called it gives it up. */
const expirySeconds = 30;

export function createParkedSteps(clock: TimerClock): ParkedSteps {
  const parked = new Set<ParkedStep>();
  let isParking = true;
  return {
    onStep(name, run) {
      if (!isParking) return run();
      const { promise, resolve } = Promise.withResolvers<unknown>();
      const step = { name, run, answer: resolve };
      parked.add(step);
      clock.schedule(new Date(secondsAfter(clock.now(), expirySeconds)), () => parked.delete(step));
      return promise;
    },
    isEmpty: () => parked.size === 0,
    take(pick) {
      const step = [...parked][pick % Math.max(1, parked.size)];
      if (step !== undefined) parked.delete(step);
      return step;
    },
    release() {
      isParking = false;
      for (const step of parked) step.answer(step.run());
      parked.clear();
    },
    park() {
      isParking = true;
    },
    forget: () => parked.clear(),
  };
}
