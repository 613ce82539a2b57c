import { setTimeout as sleep } from 'node:timers/promises';

interface Patience {
  /** 60 unless told. */
  readonly timeoutSeconds?: number;
  /** 100 unless told. */
  readonly intervalMs?: number;
}

/** Asks again and again until there is an answer; throws after the time-out, saying what was waited for. */
export async function waitUntil<Value>(
  what: string,
  probe: () => Promise<Value | undefined>,
  { timeoutSeconds = 60, intervalMs = 100 }: Patience = {},
): Promise<Value> {
  const giveUpAt = Date.now() + timeoutSeconds * 1000;
  for (;;) {
    const value = await probe();
    if (value !== undefined) return value;
    if (Date.now() > giveUpAt) throw new Error(`Waited ${timeoutSeconds} s in vain: ${what}`);
    await sleep(intervalMs);
  }
}
