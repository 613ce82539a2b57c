import * as z from 'zod';

/** Of the jobs that a new sketch expects, two of three take within a factor of 1.44 of the typical time. */
const priorSigma = 0.365;
/** As many jobs as the prior counts for. */
const priorJobs = 8;
/** Older jobs are forgotten: each new one counts for at least a share of one in so many. */
const windowJobs = 100;
/** A job further out counts as if it were here, so that a few stragglers do not move the sketch. */
const outlierSigmas = 2;
/** Samples of a normal distribution that end at two sigmas have lost 8 % of its variance. */
const lostVariance = 1.086;
/** Looks are made in whole seconds: no provider is known better than to 5 %. */
const leastVariance = 0.05 ** 2;

/** How long the jobs of an offer take: mean and variance of ln(seconds), the newest counting most. */
export const generationTimesSchema = z.object({
  /** The typical seconds that it started from. */
  priorSeconds: z.number().positive(),
  /** Jobs learned from. */
  count: z.number().int().nonnegative(),
  meanLog: z.number(),
  varianceLog: z.number().positive(),
});
export type GenerationTimes = z.infer<typeof generationTimesSchema>;

/** What is known before anything was seen: log-normal around the catalogue's typical seconds. */
export function priorTimes(typicalSeconds: number): GenerationTimes {
  return {
    priorSeconds: typicalSeconds,
    count: 0,
    meanLog: Math.log(typicalSeconds),
    varianceLog: priorSigma ** 2,
  };
}

/** The sketch after one more job. One that started from another typical duration is started anew. */
export function learn(
  times: GenerationTimes | undefined,
  typicalSeconds: number,
  seconds: number,
): GenerationTimes {
  const before = times?.priorSeconds === typicalSeconds ? times : priorTimes(typicalSeconds);
  const reach = outlierSigmas * Math.sqrt(before.varianceLog);
  // The clock of another machine may say that it took no time, or less.
  const distance = Math.log(Math.max(0, seconds)) - before.meanLog;
  const step = Math.min(Math.max(distance, -reach), reach);
  const weight = 1 / Math.min(windowJobs, priorJobs + before.count);
  const variance = (1 - weight) * (before.varianceLog + weight * lostVariance * step ** 2);
  return {
    priorSeconds: typicalSeconds,
    count: before.count + 1,
    meanLog: before.meanLog + weight * step,
    varianceLog: Math.max(leastVariance, variance),
  };
}

export function medianSeconds({ meanLog }: GenerationTimes): number {
  return Math.exp(meanLog);
}

/** Within how many seconds this share of all jobs, between 0 and 1, has ended. */
export function quantileSeconds({ meanLog, varianceLog }: GenerationTimes, share: number): number {
  return Math.exp(meanLog + Math.sqrt(varianceLog) * normalQuantile(share));
}

/** To about 0.005, by Winitzki's approximation of the inverse error function (2008). */
function normalQuantile(share: number): number {
  const curvature = 0.147;
  const log = Math.log(4 * share * (1 - share));
  const middle = 2 / (Math.PI * curvature) + log / 2;
  return Math.sign(share - 0.5) * Math.sqrt(2 * (Math.sqrt(middle ** 2 - log / curvature) - middle));
}
