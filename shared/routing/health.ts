import { secondsAfter, secondsBetween } from '../clock.ts';
import type { FailureCode } from '../domain/job-progress.ts';
import type { Standing } from '../domain/standing.ts';

/** So many failures in a row open the circuit; those that are long past do not count. */
const maxFailures = 3;
const recentSeconds = 10 * 60;
/** How long it stays open at first; each failed probe doubles it. */
const firstOpenSeconds = 30;
const maxOpenSeconds = 15 * 60;
/** So long the one order that probes may take to come back. */
const probeSeconds = 90;
/** The first and the longest pause that a provider is given which asks for patience without a number. */
const firstPauseSeconds = 15;
const maxPauseSeconds = 10 * 60;

/** Whether orders go through: `half_open` means that the next one tries it. */
export type Health = 'closed' | 'open' | 'half_open';

export function healthOf({ openUntil }: Standing, now: Date): Health {
  if (openUntil === undefined) return 'closed';
  return secondsBetween(now, openUntil) > 0 ? 'open' : 'half_open';
}

/** Makes one order the probe of a half-open circuit: for all others it is open again. */
export function takeProbe(standing: Standing, now: Date): Standing | undefined {
  if (healthOf(standing, now) !== 'half_open') return undefined;
  return { ...standing, openUntil: secondsAfter(now, probeSeconds) };
}

/** After an order was taken; absent when that changes nothing. */
export function afterSuccess(standing: Standing): Standing | undefined {
  const { failures, pauses, failedAt: _failedAt, openUntil: _openUntil, ...rest } = standing;
  return failures === 0 && pauses === 0 ? undefined : { ...rest, failures: 0, pauses: 0 };
}

/** A wrong key and an empty account fail every order: one is enough. */
const definiteCodes: ReadonlySet<FailureCode> = new Set<FailureCode>(['provider_auth', 'provider_balance']);

/** After an order failed for a reason of the provider's. */
export function afterFailure(standing: Standing, code: FailureCode, now: Date): Standing {
  const { failedAt, openUntil: _openUntil, ...rest } = standing;
  const isRecent = failedAt !== undefined && secondsBetween(failedAt, now) < recentSeconds;
  const wasOpen = standing.openUntil !== undefined;
  // Orders that were on their way when the circuit opened fail together, and for one reason.
  if (wasOpen && failedAt !== undefined && secondsBetween(failedAt, now) < firstOpenSeconds) return standing;
  const failures = (isRecent || wasOpen ? standing.failures : 0) + 1;
  const tolerated = definiteCodes.has(code) ? 1 : maxFailures;
  const failed = { ...rest, failures, failedAt: now.toISOString() };
  if (failures < tolerated && !wasOpen) return failed;
  const doublings = Math.max(0, failures - maxFailures);
  const seconds = Math.min(maxOpenSeconds, firstOpenSeconds * 2 ** doublings);
  return { ...failed, openUntil: secondsAfter(now, seconds) };
}

/** After the provider asked for patience, for `seconds` if it said how long. */
export function afterRateLimit(standing: Standing, seconds: number | undefined, now: Date): Standing {
  const pauses = standing.pauses + 1;
  const ownSeconds = Math.min(maxPauseSeconds, firstPauseSeconds * 2 ** Math.min(pauses - 1, 10));
  const until = secondsAfter(now, seconds ?? ownSeconds);
  const isLonger = standing.pausedUntil === undefined || until > standing.pausedUntil;
  return { ...standing, pauses, ...(isLonger && { pausedUntil: until }) };
}
