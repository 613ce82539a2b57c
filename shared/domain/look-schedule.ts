import { secondsAfter, secondsBetween } from '../clock.ts';

/** How long a provider may take, counted from its acceptance, before one last look ends the waiting. */
const deadlineSeconds = 20 * 60;
/** An inconclusive last look is repeated for so long: an outage must not lose a paid video. */
const inconclusiveGraceSeconds = 60 * 60;
const inconclusiveRetrySeconds = 120;
/** A callback that did not come in so many times the typical duration does not come. */
const lateCallbackFactor = 10;
const maxLooks = 20;
/** After a ring that came too early. */
export const wokenLookSeconds = 5;

export interface Wait {
  /** When the provider took the job, or may have. */
  readonly since: string;
  readonly deadlineAt: string;
  readonly now: Date;
  readonly typicalSeconds: number;
  readonly hasCallback: boolean;
  /** Looks made so far that count. */
  readonly looks: number;
}

export function deadlineAfter(acceptedAt: Date): string {
  return secondsAfter(acceptedAt, deadlineSeconds);
}

/** Until when the callback of an order is waited for of which nobody knows whether it arrived. */
export function callbackDeadlineAfter(submittedAt: Date, typicalSeconds: number): string {
  return secondsAfter(submittedAt, Math.min(deadlineSeconds, lateCallbackFactor * typicalSeconds));
}

/** Whether the look just made was the last. One that told nothing, or of no video, is repeated for an hour more. */
export function isLastLook({ deadlineAt, now }: Wait, isInconclusive: boolean): boolean {
  return secondsBetween(deadlineAt, now) >= (isInconclusive ? inconclusiveGraceSeconds : 0);
}

/**
 * Whole seconds until the next look, at least 1. A job that calls back is first looked at after 150 % of its
 * typical time, one that must be polled after 60 %; then every 15th of it while it is about to end, and after
 * that at times that grow by a constant factor, so that 20 looks reach the deadline.
 */
export function nextLookSeconds(wait: Wait): number {
  const elapsed = secondsBetween(wait.since, wait.now);
  const remaining = secondsBetween(wait.now, wait.deadlineAt);
  if (remaining <= 0) return inconclusiveRetrySeconds;
  return Math.max(1, Math.ceil(Math.min(remaining, untilLook(wait, { elapsed, remaining }))));
}

function untilLook(wait: Wait, { elapsed, remaining }: { elapsed: number; remaining: number }): number {
  const { typicalSeconds, looks, hasCallback } = wait;
  if (looks === 0) return typicalSeconds * (hasCallback ? 1.5 : 0.6) - elapsed;
  const isDueSoon = !hasCallback && elapsed < typicalSeconds * 1.5;
  if (isDueSoon) return typicalSeconds / 15;
  // The clock of another machine may be behind.
  const base = Math.max(1, elapsed);
  const growth = ((base + remaining) / base) ** (1 / Math.max(1, maxLooks - looks));
  return base * (growth - 1);
}
