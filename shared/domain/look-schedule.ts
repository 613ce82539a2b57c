import { secondsAfter, secondsBetween } from '../clock.ts';
import { type GenerationTimes, medianSeconds, quantileSeconds } from './generation-times.ts';

/** How long a provider may take, counted from its acceptance, before one last look ends the waiting. */
const deadlineSeconds = 20 * 60;
/** An inconclusive last look is repeated for so long: an outage must not lose a paid video. */
const inconclusiveGraceSeconds = 60 * 60;
const inconclusiveRetrySeconds = 120;
/** How long a finished video is tried to be copied: links live for hours, and an operator may mend what is wrong. */
export const maxArchivingSeconds = 6 * 60 * 60;
/** A callback that did not come in so many times the typical duration does not come. */
const lateCallbackFactor = 10;
/** The one at the deadline included. */
const maxLooks = 20;
/** Of the median: a job that calls back is looked at so late, in case its callback is lost. */
const callbackLookFactor = 1.5;
/** After a ring that came too early. */
export const wokenLookSeconds = 5;

/**
 * What share of the jobs has ended at each look at a polled one: close together where most of them end, so that half
 * of the lags are short, and so far apart elsewhere that 20 looks are enough. Found by search, see DECISIONS.md.
 * About 7.9 looks see the end; two more are left for the way to the deadline.
 */
const polledShares = [
  0.085, 0.185, 0.305, 0.38, 0.43, 0.48, 0.53, 0.575, 0.62, 0.66, 0.7, 0.74, 0.79, 0.86, 0.915, 0.95, 0.972,
  0.986,
] as const;
/** Hardly a job ends before: the middle from here to the first look is the likely end of a job that it sees. */
const earliestShare = 0.01;

export interface Wait {
  /** When the provider took the job, or may have. */
  readonly since: string;
  readonly deadlineAt: string;
  readonly now: Date;
  /** How long jobs of the offer take. */
  readonly times: GenerationTimes;
  readonly hasCallback: boolean;
}

export function deadlineAfter(acceptedAt: Date): string {
  return secondsAfter(acceptedAt, deadlineSeconds);
}

/** Until when the callback of an order is waited for of which nobody knows whether it arrived. */
export function callbackDeadlineAfter(submittedAt: Date, typicalSeconds: number): string {
  return secondsAfter(submittedAt, Math.min(deadlineSeconds, lateCallbackFactor * typicalSeconds));
}

/** Whether the look just made was the last. One that told nothing, or of no video, is repeated for an hour more. */
export function isLastLook(
  { deadlineAt, now }: Pick<Wait, 'deadlineAt' | 'now'>,
  isInconclusive: boolean,
): boolean {
  return secondsBetween(deadlineAt, now) >= (isInconclusive ? inconclusiveGraceSeconds : 0);
}

/** Whole seconds until the next look, at least 1. At most 20 looks are made, the one at the deadline included. */
export function nextLookSeconds(wait: Wait): number {
  if (wait.now >= new Date(wait.deadlineAt)) return inconclusiveRetrySeconds;
  const elapsed = elapsedSeconds(wait);
  const moments = momentsOf(wait);
  const next = moments[nextPosition(moments, elapsed)] ?? endOf(wait);
  return Math.max(1, Math.ceil(next - elapsed));
}

/**
 * How long a job took that was just found to be done, for the sketch: until now where its provider rang, now or a
 * little too early, else until the middle of the time since the look before, which is its end on average.
 */
export function likelySeconds(wait: Wait, isRung: boolean): number {
  const elapsed = elapsedSeconds(wait);
  const moments = momentsOf(wait);
  const next = nextPosition(moments, elapsed);
  const look = moments[next - 1] ?? elapsed;
  if (isRung || (wait.hasCallback && elapsed < look)) return elapsed;
  return elapsed - (look - (moments[next - 2] ?? look)) / 2;
}

/** The clock of another machine may be behind. */
function elapsedSeconds({ since, now }: Wait): number {
  return Math.max(0, secondsBetween(since, now));
}

function endOf({ since, deadlineAt }: Wait): number {
  return secondsBetween(since, deadlineAt);
}

/**
 * The first look whose gap is not half over. So a look that was just made is not repeated when what other jobs
 * taught meanwhile moves it a little ahead.
 */
function nextPosition(moments: readonly number[], elapsed: number): number {
  const position = moments.findIndex((moment, index) => {
    const before = moments[index - 1];
    return before !== undefined && elapsed < (before + moment) / 2;
  });
  return position === -1 ? moments.length : position;
}

/** In seconds after acceptance: from when on ends are likely, then each look until the deadline. */
function momentsOf(wait: Wait): readonly number[] {
  const end = endOf(wait);
  const { from, looks } = wait.hasCallback ? callbackLooks(wait.times, end) : polledLooks(wait.times, end);
  return [from, ...toWholeSeconds(looks).filter((look) => look < end), end];
}

interface Looks {
  readonly from: number;
  readonly looks: readonly number[];
}

/** The median is in the middle before the first look: one that sees a job done tells nothing else about it. */
function callbackLooks(times: GenerationTimes, end: number): Looks {
  const median = medianSeconds(times);
  const first = callbackLookFactor * median;
  const later = growing({ origin: 0, from: first, to: end }, maxLooks - 1);
  return { from: (2 - callbackLookFactor) * median, looks: [first, ...later] };
}

/** What whole seconds saved of the likely looks, with short jobs, is left for the tail. */
function polledLooks(times: GenerationTimes, end: number): Looks {
  const exact = polledShares.map((share) => quantileSeconds(times, share));
  const likely = toWholeSeconds(exact);
  const tail = { origin: medianSeconds(times), from: Math.max(...exact), to: end };
  const looks = [...likely, ...growing(tail, maxLooks - likely.length)];
  return { from: quantileSeconds(times, earliestShare), looks };
}

interface Growth {
  /** Where distances are counted from. */
  readonly origin: number;
  readonly from: number;
  readonly to: number;
}

/** The moments between `from` and `to` that cut the way into `parts` of which each is longer by the same factor. */
function growing({ origin, from, to }: Growth, parts: number): number[] {
  if (from >= to) return [];
  const growth = ((to - origin) / (from - origin)) ** (1 / parts);
  return Array.from({ length: parts - 1 }, (_, part) => origin + (from - origin) * growth ** (part + 1));
}

function toWholeSeconds(moments: readonly number[]): number[] {
  return [...new Set(moments.map((moment) => Math.max(1, Math.round(moment))))];
}
