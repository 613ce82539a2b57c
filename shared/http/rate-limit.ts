import type { Clock } from '../clock.ts';
import { type RateStanding, rateWindowSeconds, secondsToReset } from '../domain/rate-limit.ts';
import { ConchError } from '../errors.ts';
import type { RequestCounter } from '../storage/request-counter.ts';
import type { Caller } from './authenticate.ts';
import type { HttpAnswer } from './http-event.ts';

/** What counting the requests of keys takes. */
export interface RateLimitTools {
  readonly requests: RequestCounter;
  readonly clock: Clock;
}

interface Serving {
  serve(): Promise<HttpAnswer>;
  /** The answer to what `serve` throws, or to `rate_limited`. */
  answerThrown(thrown: unknown): HttpAnswer;
}

/**
 * Serves a request if its key may make one more in this minute, and says on the answer, whatever it is, how the key
 * stands. A key without a limit is not counted. Throws `temporarily_unavailable` where the request cannot be counted.
 */
export async function withinRateLimit(
  { account, keyId, requestsPerMinute }: Caller,
  { serve, answerThrown }: Serving,
  { requests, clock }: RateLimitTools,
): Promise<HttpAnswer> {
  if (requestsPerMinute === undefined) return serve();
  const key = { account, keyId, requestsPerMinute };
  const standing = await requests.count(key, clock.now()).catch(throwUncounted);
  const answer = standing.isWithin
    ? await serve().catch(answerThrown)
    : answerThrown(toRefusal(standing, clock.now()));
  return { ...answer, headers: { ...answer.headers, ...toHeaders(standing, clock.now()) } };
}

function throwUncounted(cause: unknown): never {
  const message = 'The request could not be counted for its API key; nothing was ordered, try again';
  throw new ConchError('temporarily_unavailable', message, { cause });
}

function toRefusal(standing: RateStanding, now: Date): ConchError {
  const { limit } = standing;
  const rule = limit === 1 ? 'one request' : `${limit} requests`;
  const message = `The API key may make ${rule} a minute, and did; try again in ${secondsToWait(standing, now)} s`;
  return new ConchError('rate_limited', message);
}

/** Never 0, which would ask for a repeat at once. */
function secondsToWait(standing: RateStanding, now: Date): number {
  return Math.max(1, secondsToReset(standing, now));
}

/** As draft-ietf-httpapi-ratelimit-headers-10 has them: quota and window, what is left of it and for how long. */
function toHeaders(standing: RateStanding, now: Date): Readonly<Record<string, string>> {
  const { isWithin, limit, remaining } = standing;
  return {
    'ratelimit-policy': `"minute";q=${limit};w=${rateWindowSeconds}`,
    ratelimit: `"minute";r=${remaining};t=${secondsToReset(standing, now)}`,
    ...(!isWithin && { 'retry-after': `${secondsToWait(standing, now)}` }),
  };
}
