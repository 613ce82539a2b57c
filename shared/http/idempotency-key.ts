import type { HttpEvent } from './http-event.ts';

/** The Idempotency-Key of a request. An empty one is none: it would make one order of all. */
export function getIdempotencyKey({ headers }: HttpEvent): string | undefined {
  const key = headers['idempotency-key']?.trim();
  return key === '' ? undefined : key;
}
