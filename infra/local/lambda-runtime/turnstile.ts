/** Lets so many through at once. The others wait, first come, first served. */
export interface Turnstile {
  pass<Value>(work: () => Promise<Value>): Promise<Value>;
}

export function createTurnstile(capacity: number): Turnstile {
  const waiting: (() => void)[] = [];
  let inside = 0;
  return {
    async pass(work) {
      if (inside < capacity) inside += 1;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      try {
        return await work();
      } finally {
        const next = waiting.shift();
        // Whoever leaves hands its place over: nobody slips in between.
        if (next === undefined) inside -= 1;
        else next();
      }
    },
  };
}
