import type { CallbackClaim } from './provider.ts';

type StatusMeaning = 'queued' | 'running' | 'succeeded' | 'failed';

/** Words for a failure that are understood of every provider, whether it documents them or not. */
const failureWords = ['fail', 'failed', 'error', 'cancelled', 'canceled'] as const;

/** Reads the status words of a provider, given in lower case, in any case; any other word is `unknown`. */
export function statusReader(words: Readonly<Record<string, StatusMeaning>>) {
  const meanings = new Map<string, StatusMeaning>(failureWords.map((word) => [word, 'failed']));
  for (const [word, meaning] of Object.entries(words)) meanings.set(word, meaning);
  return (status: string): StatusMeaning | 'unknown' =>
    meanings.get(status.trim().toLowerCase()) ?? 'unknown';
}

/**
 * What a callback claims that shows a job. What cannot be read, and a word that we do not know, count as terminal:
 * a look too many does no harm.
 */
export function toClaim(jobId: string | undefined, meaning: StatusMeaning | 'unknown'): CallbackClaim {
  const isLive = meaning === 'queued' || meaning === 'running';
  return { kind: isLive ? 'not_terminal' : 'terminal', ...(jobId === undefined ? {} : { jobId }) };
}
