import type { Activity } from '../activity.ts';
import type { Judge } from './workers.ts';

/** One run of a function. */
export interface Worker {
  /** Of the function, for example `CheckJob`. */
  readonly name: string;
  /** How many writes it sent, one that is about to leave included. */
  readonly writes: number;
  isHanging(): boolean;
  /** Lets it go on that stood still. */
  resume(): void;
  /** Ends it; `errorName` is what Lambda calls that. */
  die(errorName?: string): void;
}

export interface WorkerControls extends Worker {
  writes: number;
  readonly judge: Judge | undefined;
  /** Rejects when it dies. */
  readonly death: Promise<never>;
  isDead(): boolean;
  /** It stands still from now on: for want of an answer, or because its code waits. */
  stand(reason: 'hanging' | 'waiting'): void;
  /** Resolves at once unless it stands still; never once it is dead. */
  untilGoing(): Promise<void>;
  /** Its work is over, well or not. */
  end(): void;
}

interface WorkerOptions {
  readonly name: string;
  readonly judge: Judge | undefined;
  readonly activity: Activity;
  /** Called when it stands still for want of an answer. */
  readonly onHanging?: (() => void) | undefined;
}

export function createWorker({ name, judge, activity, onHanging }: WorkerOptions): WorkerControls {
  const { promise: death, reject: rejectLife } = Promise.withResolvers<never>();
  let state: 'going' | 'hanging' | 'waiting' | 'over' = 'going';
  const isStanding = () => state === 'hanging' || state === 'waiting';
  let going = Promise.withResolvers<void>();
  going.resolve();
  // Of a worker that lives to its end nobody waits for it.
  death.catch(() => undefined);
  return {
    name,
    judge,
    death,
    writes: 0,
    isHanging: () => state === 'hanging',
    isDead: () => state === 'over',
    untilGoing: () => (state === 'over' ? forEver() : going.promise),
    stand(reason) {
      if (state !== 'going') return;
      state = reason;
      going = Promise.withResolvers();
      activity.rest();
      if (reason === 'hanging') onHanging?.();
    },
    resume() {
      if (!isStanding()) return;
      state = 'going';
      activity.goOn();
      going.resolve();
    },
    die(errorName = 'Runtime.ExitError') {
      if (state === 'over') return;
      if (isStanding()) activity.goOn();
      state = 'over';
      rejectLife(new WorkerDiedError(errorName, name));
    },
    end() {
      if (isStanding()) activity.goOn();
      state = 'over';
    },
  };
}

/** A dead worker's code waits here: nothing of it runs any more, not even what would clean up. */
export function forEver(): Promise<never> {
  return new Promise(() => undefined);
}

/** As Step Functions hears of it. */
export class WorkerDiedError extends Error {
  override readonly name: string;

  constructor(name: string, worker: string) {
    super(`The worker of ${worker} died`);
    this.name = name;
  }
}
