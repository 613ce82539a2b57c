import type { Activity } from './activity.ts';

/** One run of a function. */
export interface Invocation {
  /** The beginning of the function's logical id, for example `CheckJob`. */
  readonly name: string;
  readonly milliseconds: number;
}

/** Times the functions that run in this process, and knows whether one is under way. */
export interface InvocationLog {
  readonly activity: Activity;
  /** In order of their end. */
  readonly invocations: readonly Invocation[];
  run<Value>(name: string, work: () => Promise<Value>): Promise<Value>;
}

export function createInvocationLog(activity: Activity): InvocationLog {
  const invocations: Invocation[] = [];
  const timed = async <Value>(name: string, work: () => Promise<Value>) => {
    const startedAt = performance.now();
    try {
      return await work();
    } finally {
      invocations.push({ name, milliseconds: performance.now() - startedAt });
    }
  };
  return { activity, invocations, run: (name, work) => activity.track(timed(name, work)) };
}
