import { setImmediate } from 'node:timers/promises';

/** What is under way, so that a test can wait for quiet instead of for time. */
export interface Activity {
  track<Value>(work: Promise<Value>): Promise<Value>;
  /** Resolves when nothing is under way, what was started meanwhile included. */
  untilQuiet(): Promise<void>;
}

export function createActivity(): Activity {
  const underway = new Set<Promise<void>>();
  return {
    track(work) {
      const forget = () => void underway.delete(settled);
      const settled: Promise<void> = work.then(forget, forget);
      underway.add(settled);
      return work;
    },
    async untilQuiet() {
      do {
        await Promise.all(underway);
        // One turn of the loop: what ended may go on in microtasks and start something else.
        await setImmediate();
      } while (underway.size > 0);
    },
  };
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
