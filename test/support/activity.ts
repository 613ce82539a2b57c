import { setImmediate } from 'node:timers/promises';

/** What is under way, so that a test can wait for quiet instead of for time. */
export interface Activity {
  track<Value>(work: Promise<Value>): Promise<Value>;
  /** Something that is under way begins to wait for the test's clock, and is quiet until it goes on. */
  rest(): void;
  goOn(): void;
  /** Resolves when nothing is under way, what was started meanwhile included. */
  untilQuiet(): Promise<void>;
}

export function createActivity(): Activity {
  let busy = 0;
  let wake: (() => void) | undefined;
  const change = (by: number) => {
    busy += by;
    if (busy === 0) wake?.();
  };
  return {
    track(work) {
      change(1);
      const forget = () => change(-1);
      work.then(forget, forget);
      return work;
    },
    rest: () => change(-1),
    goOn: () => change(1),
    async untilQuiet() {
      do {
        if (busy > 0) await new Promise<void>((resolve) => (wake = resolve));
        // One turn of the loop: what ended may go on in microtasks and start something else.
        await setImmediate();
      } while (busy > 0);
    },
  };
}

/** Waits for work that counts by itself; counted twice, it could not come to rest. */
export async function awaitAtRest<Value>(activity: Activity, work: () => Promise<Value>): Promise<Value> {
  activity.rest();
  try {
    return await work();
  } finally {
    activity.goOn();
  }
}

/**
 * Counts every fetch of this process until the returned function is called: a simulated provider delivers its
 * callbacks by fetch, and from outside nothing else shows when a delivery began and when it is over.
 */
export function trackFetch(activity: Activity): () => void {
  const original = globalThis.fetch;
  globalThis.fetch = (...request) => activity.track(original(...request));
  return () => {
    globalThis.fetch = original;
  };
}
