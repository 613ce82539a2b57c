import * as z from 'zod';
import { referencePathSchema } from './path-schemas.ts';

const errorEqualsSchema = z
  .array(z.string())
  .min(1)
  .refine((names) => names.length === 1 || !names.includes('States.ALL'), {
    error: 'States.ALL must stand alone',
  });

const retrierSchema = z.strictObject({
  ErrorEquals: errorEqualsSchema,
  IntervalSeconds: z.int().positive().default(1),
  MaxAttempts: z.int().nonnegative().default(3),
  BackoffRate: z.number().min(1).default(2),
  MaxDelaySeconds: z.int().positive().optional(),
  JitterStrategy: z.enum(['FULL', 'NONE']).default('NONE'),
  Comment: z.string().optional(),
});
type Retrier = z.output<typeof retrierSchema>;

const catcherSchema = z.strictObject({
  ErrorEquals: errorEqualsSchema,
  Next: z.string(),
  ResultPath: referencePathSchema.nullable().default('$'),
  Comment: z.string().optional(),
});
type Catcher = z.output<typeof catcherSchema>;

export const retrySchema = z.array(retrierSchema).default([]);
export const catchSchema = z.array(catcherSchema).default([]);

interface PlannedRetry {
  readonly delaySeconds: number;
  /** How often each retrier was used, this retry included. */
  readonly counts: number[];
}

/**
 * The retry that follows an error, absent when none does: the first retrier that names the error decides,
 * even when its attempts are used up. `counts` says how often each retrier was used in this state so far.
 */
export function planRetry(
  retriers: readonly Retrier[],
  counts: readonly number[],
  error: string,
): PlannedRetry | undefined {
  const index = retriers.findIndex(({ ErrorEquals }) => isMatch(ErrorEquals, error));
  const retrier = retriers[index];
  const used = counts[index] ?? 0;
  if (retrier === undefined || used >= retrier.MaxAttempts) return undefined;
  return {
    delaySeconds: delaySeconds(retrier, used),
    counts: retriers.map((_, at) => (counts[at] ?? 0) + (at === index ? 1 : 0)),
  };
}

/** The first catcher that names the error. */
export function findCatcher(catchers: readonly Catcher[], error: string): Catcher | undefined {
  return catchers.find(({ ErrorEquals }) => isMatch(ErrorEquals, error));
}

function delaySeconds(retrier: Retrier, used: number): number {
  const backedOff = retrier.IntervalSeconds * retrier.BackoffRate ** used;
  const capped = Math.min(backedOff, retrier.MaxDelaySeconds ?? Number.POSITIVE_INFINITY);
  return retrier.JitterStrategy === 'FULL' ? Math.random() * capped : capped;
}

/** States.Runtime always ends the execution; States.DataLimitExceeded escapes the wildcards. */
function isMatch(names: readonly string[], error: string): boolean {
  if (error === 'States.Runtime') return false;
  if (names.includes(error)) return true;
  if (error === 'States.DataLimitExceeded') return false;
  return names.includes('States.ALL') || (names.includes('States.TaskFailed') && error !== 'States.Timeout');
}
