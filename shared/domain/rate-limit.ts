import { secondsAfter, secondsBetween } from '../clock.ts';

/**
 * What a key may be limited to. DynamoDB takes 1,000 writes a second to one row, and refused ones are writes too:
 * the rest is for whoever does not heed the limit.
 */
export const requestsPerMinute = { least: 1, most: 30_000 } as const;

export const rateWindowSeconds = 60;

/** A minute of UTC, whose requests are counted together. Times are ISO 8601. */
interface RateWindow {
  readonly startsAt: string;
  readonly endsAt: string;
}

export function rateWindowAt(now: Date): RateWindow {
  const startsAt = `${now.toISOString().slice(0, 16)}:00.000Z`;
  return { startsAt, endsAt: secondsAfter(startsAt, rateWindowSeconds) };
}

/** How a key stands once a request was counted, or refused. */
export interface RateStanding {
  /** Whether the request is one of those that the key may make. */
  readonly isWithin: boolean;
  /** Requests a minute. */
  readonly limit: number;
  /** How many more there may be before `resetsAt`. */
  readonly remaining: number;
  /** When as many as the limit may be made anew, as ISO 8601. */
  readonly resetsAt: string;
}

/** Whole seconds until a key may make as many requests as its limit anew, 0 when it may already. */
export function secondsToReset({ resetsAt }: RateStanding, now: Date): number {
  return Math.max(0, Math.ceil(secondsBetween(now, resetsAt)));
}
