import type { HttpEvent } from './http-event.ts';

/**
 * How often the client says that it sent this request before; absent where it does not count. OpenAI's
 * clients do, from 0, and nothing else tells their repeats from new orders (read in openai 7.55.0).
 */
export function getRetryCount({ headers }: HttpEvent): number | undefined {
  const count = /^\d{1,4}$/.exec(headers['x-stainless-retry-count']?.trim() ?? '')?.[0];
  return count === undefined ? undefined : Number(count);
}
