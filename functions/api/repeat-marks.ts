import type { HttpEvent } from '../../shared/http/http-event.ts';
import { getIdempotencyKey } from '../../shared/http/idempotency-key.ts';
import { getRetryCount } from '../../shared/http/retry-count.ts';

interface RepeatMarks {
  readonly idempotencyKey?: string;
  readonly retryCount?: number;
}

/** What tells whether a request repeats an order. */
export function readRepeatMarks(event: HttpEvent): RepeatMarks {
  const idempotencyKey = getIdempotencyKey(event);
  const retryCount = getRetryCount(event);
  return {
    ...(idempotencyKey !== undefined && { idempotencyKey }),
    ...(retryCount !== undefined && { retryCount }),
  };
}
