const minute = 60;
const hour = 60 * minute;

/** Before the second attempt to the last: ten attempts in 54 hours, 48 with the shortest pauses; the ninth after 23. */
const pausesSeconds = [5, 30, 2 * minute, 10 * minute, 30 * minute, 2 * hour, 6 * hour, 14 * hour, 31 * hour];
const longestRetryAfterSeconds = 24 * hour;
/** Of a pause, to either side: the receivers of an outage shall not all come back at once. */
const jitterShare = 0.1;

export const maxAttempts = pausesSeconds.length + 1;

/** Whole seconds until the attempt after so many; `random` is from 0 to 1. Undefined after the last one. */
export function pauseAfter(attempts: number, random: number): number | undefined {
  const pause = pausesSeconds[attempts - 1];
  return pause === undefined ? undefined : Math.round(pause * (1 + jitterShare * (2 * random - 1)));
}

/**
 * The seconds that a Retry-After asks for, as a number or a date, at most 24 hours; undefined where it says nothing
 * that can be read.
 */
export function readRetryAfter(text: string | undefined, now: Date): number | undefined {
  const given = text?.trim() ?? '';
  const seconds = /^\d{1,9}$/.test(given) ? Number(given) : (Date.parse(given) - now.getTime()) / 1000;
  return Number.isNaN(seconds) ? undefined : Math.min(Math.max(0, seconds), longestRetryAfterSeconds);
}
