import * as z from 'zod';
import { submitOutcomeKinds } from '../domain/job-progress.ts';
import { holdStates } from '../domain/task-outcome.ts';
import { isoTime, listOf, usd, videoId } from './field-types.ts';
import { attemptErrorSchema } from './video.ts';

const at = isoTime.nullable().describe('`null` where the moment was not written down');
const ofAttempt = { at, attempt: z.int().positive(), provider: z.string() };
const error = attemptErrorSchema.nullable();
const outcomes = submitOutcomeKinds.map((kind): `attempt.${typeof kind}` => `attempt.${kind}`);

const taskEventSchema = z.union([
  z.object({
    type: z.literal('accepted'),
    at,
    retry_of: videoId.optional(),
    remixed_from_video_id: videoId.optional(),
  }),
  z.object({ type: z.literal('attempt.claimed'), ...ofAttempt, native_model: z.string(), price: usd }),
  z.object({ type: z.enum(outcomes), ...ofAttempt, job_id: z.string().nullable(), error }),
  z.object({ type: z.literal('attempt.failed'), ...ofAttempt, error }),
  z.object({ type: z.literal('queued'), at, provider: z.string() }),
  z.object({ type: z.enum(['archiving', 'cancel.requested']), at }),
  z.object({ type: z.enum(['completed', 'failed', 'canceled']), at, error: error.optional() }),
  z.object({
    type: z.enum(['settled', 'resolved']),
    at,
    hold: z.enum(holdStates),
    held: usd,
    charged: usd.nullable(),
  }),
]);
export type TaskEvent = z.infer<typeof taskEventSchema>;

export const eventListSchema = z.object({ object: z.literal('list'), data: listOf(taskEventSchema) });
