import { AsyncLocalStorage } from 'node:async_hooks';
import type { TimerClock } from '../../../infra/local/timer-clock.ts';
import { type Pause, secondsAfter } from '../../../shared/clock.ts';
import type { Activity } from '../activity.ts';
import { carryCall, type Perform } from './carry-call.ts';
import type { Fate } from './fates.ts';
import { createWorker, type Worker, type WorkerControls } from './worker.ts';

/** One call of a worker to the world outside. */
export interface Call {
  /** For people, and the same whenever the same is done: it names no id. */
  readonly what: string;
  readonly isWrite: boolean;
}

/** Decides over a call that is about to leave; `worker.writes` counts it already. */
export type Judge = (call: Call, worker: Worker) => Fate;

interface Job<Value> {
  readonly name: string;
  readonly work: () => Promise<Value>;
  /** In place of the judge of all. */
  readonly judge?: Judge | undefined;
  /** Called when the worker stands still for want of an answer. */
  readonly onHanging?: () => void;
}

/** The runs of functions, of which each may die or stand still at any of its calls. */
export interface Workers {
  /** Rejects with an error of Lambda's when the worker dies; then its code does nothing more. */
  run<Value>(job: Job<Value>): Promise<Value>;
  /** What taps hand every call to. One that no worker makes passes. */
  carry<Answer>(call: Call, perform: Perform<Answer>): Promise<Answer>;
  /** The pause of a worker's code, on the clock. */
  readonly pause: Pause;
  /** Those that stand still for want of an answer. */
  hanging(): readonly Worker[];
  /** Whose work is not over. */
  alive(): readonly Worker[];
  /** Lets the calls arrive that were on their way when their workers died. */
  deliverLate(): Promise<void>;
}

interface WorkersOptions {
  readonly clock: TimerClock;
  /** A worker that stands still is not under way. */
  readonly activity: Activity;
  /** All calls pass where it is absent. */
  readonly judge?: Judge | undefined;
  /** How long a worker may live by its name, in seconds of the clock; absent means for ever. */
  readonly timeoutSeconds?: (name: string) => number;
}

export function createWorkers({ clock, activity, timeoutSeconds, ...options }: WorkersOptions): Workers {
  const current = new AsyncLocalStorage<WorkerControls>();
  const alive = new Set<WorkerControls>();
  const late: (() => Promise<unknown>)[] = [];

  async function live<Value>({ name, work, judge = options.judge, onHanging }: Job<Value>): Promise<Value> {
    const worker = createWorker({ name, judge, activity, onHanging });
    const end = timeoutSeconds && new Date(secondsAfter(clock.now(), timeoutSeconds(name)));
    const cancel = end && clock.schedule(end, () => worker.die('Sandbox.Timedout'));
    alive.add(worker);
    try {
      return await Promise.race([current.run(worker, work), worker.death]);
    } finally {
      cancel?.();
      alive.delete(worker);
      worker.end();
    }
  }

  return {
    run: (job) => activity.track(live(job)),
    carry(call, perform) {
      const worker = current.getStore();
      return worker === undefined ? perform.send() : carryCall({ call, worker, late }, perform);
    },
    async pause(seconds) {
      const worker = current.getStore();
      if (worker === undefined) throw new Error('Nobody is there to pause');
      worker.stand('waiting');
      clock.schedule(new Date(secondsAfter(clock.now(), seconds)), worker.resume);
      await worker.untilGoing();
    },
    hanging: () => [...alive].filter((worker) => worker.isHanging()),
    alive: () => [...alive],
    async deliverLate() {
      for (const arrive of late.splice(0)) await arrive().catch(() => undefined);
    },
  };
}
