import { secondsBetween } from '../../shared/clock.ts';
import { type GenerationTimes, learn, priorTimes } from '../../shared/domain/generation-times.ts';
import {
  deadlineAfter,
  likelySeconds,
  nextLookSeconds,
  type Wait,
} from '../../shared/domain/look-schedule.ts';
import type { Random } from '../prove/random.ts';
import { createManualClock, type ManualClock } from './manual-clock.ts';

/** What looking at one job until it was seen done came to. */
export interface LookedAt {
  /** From the end of the job to the look that saw it. */
  readonly lagSeconds: number;
  readonly looks: number;
}

/** Jobs that take longer end as `deadline_exceeded`, and show no lag. */
const longestSeconds = 20 * 60;

export interface LogNormal {
  readonly count: number;
  readonly medianSeconds: number;
  /** Of ln(seconds). */
  readonly sigma: number;
}

export function drawJobSeconds(random: Random, { count, medianSeconds, sigma }: LogNormal): number[] {
  return Array.from({ length: count }, () =>
    Math.min(longestSeconds, medianSeconds * Math.exp(sigma * drawNormal(random))),
  );
}

/** By the transformation of Box and Muller. */
function drawNormal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Looks at polled jobs one after the other, as the gateway does, and learns from what the looks saw. */
export function lookAndLearn(jobSeconds: readonly number[], typicalSeconds: number): LookedAt[] {
  const clock = createManualClock();
  let times = priorTimes(typicalSeconds);
  return jobSeconds.map((seconds) => {
    const start = startWait(clock);
    const waitNow = (): Wait => ({ ...start, now: clock.now(), times, hasCallback: false });
    const looks = sleepUntilDone(clock, seconds, () => nextLookSeconds(waitNow()));
    const seen = waitNow();
    times = learn(times, typicalSeconds, likelySeconds(seen, false));
    return { lagSeconds: secondsBetween(seen.since, seen.now) - seconds, looks };
  });
}

/** Looks at each job in a loop with a fixed pause. */
export function lookInLoop(jobSeconds: readonly number[], pauseSeconds: number): LookedAt[] {
  const clock = createManualClock();
  return jobSeconds.map((seconds) => {
    const looks = sleepUntilDone(clock, seconds, () => pauseSeconds);
    return { lagSeconds: looks * pauseSeconds - seconds, looks };
  });
}

/** All moments, in seconds after acceptance, of looks at a job that never ends. */
export function looksToDeadline(times: GenerationTimes, hasCallback = false): number[] {
  const clock = createManualClock();
  const start = startWait(clock);
  const moments: number[] = [];
  while (clock.now() < new Date(start.deadlineAt)) {
    clock.advance(nextLookSeconds({ ...start, now: clock.now(), times, hasCallback }));
    moments.push(secondsBetween(start.since, clock.now()));
  }
  return moments;
}

function startWait(clock: ManualClock): Pick<Wait, 'since' | 'deadlineAt'> {
  return { since: clock.now().toISOString(), deadlineAt: deadlineAfter(clock.now()) };
}

function sleepUntilDone(clock: ManualClock, seconds: number, nextSleep: () => number): number {
  const since = clock.now();
  let looks = 0;
  while (secondsBetween(since, clock.now()) < seconds) {
    clock.advance(nextSleep());
    looks += 1;
  }
  return looks;
}
