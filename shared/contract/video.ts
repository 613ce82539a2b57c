import * as z from 'zod';
import { failureSchema, submitOutcomeKinds } from '../domain/job-progress.ts';
import { taskStates } from '../domain/task.ts';
import { holdStates } from '../domain/task-outcome.ts';
import { operations } from '../domain/video-request.ts';
import { videoEvents } from '../domain/webhook.ts';
import { isoTime, listOf, unixSeconds, usd, videoId } from './field-types.ts';

/** OpenAI's four words. */
const videoStatus = z.enum(['queued', 'in_progress', 'completed', 'failed']);
const { code: failureCode, charged } = failureSchema.shape;
const providerCode = z.string().nullable().describe("The provider's own code, where it gave one");

/** Why an attempt ended, or a task. */
export const attemptErrorSchema = z.object({
  code: failureCode,
  message: z.string(),
  provider_code: providerCode,
});

const attemptSchema = z.object({
  number: z.int().positive(),
  provider: z.string(),
  native_model: z.string().describe("The provider's own name of the model"),
  price: usd,
  reported: usd.nullable().describe('USD that its provider says the job took, where it says so'),
  job_id: z.string().nullable().describe("The provider's id of the job"),
  outcome: z.enum(submitOutcomeKinds).nullable().describe('`null` while its request may be on the way'),
  claimed_at: isoTime,
  outcome_at: isoTime.nullable(),
  error: attemptErrorSchema.nullable(),
});

const costSchema = z.object({
  currency: z.literal('USD'),
  estimated: usd.describe('USD that are held for the order'),
  charged: usd.nullable().describe('USD that were taken; `null` until that is known'),
  hold: z.enum(holdStates).describe('What became of the reserved money; `kept` waits for a person'),
});

const resultSchema = z.object({
  url: z.url().describe('Needs no key and is good until `expires_at`'),
  bytes: z.int().positive(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  width: z.int().positive().nullable().describe('Pixels'),
  height: z.int().positive().nullable().describe('Pixels'),
  duration_seconds: z.number().positive().nullable(),
});

/** What a video object says beyond OpenAI's: who made it, in which attempts, at what cost. */
const gatewaySchema = z.object({
  provider: z.string(),
  operation: z.enum(operations),
  state: z.enum(taskStates),
  retry_of: videoId.nullable(),
  retried_by: videoId.nullable(),
  next_look_at: isoTime.nullable().describe('When the provider is asked next'),
  queue_position: z
    .int()
    .positive()
    .nullable()
    .describe('From 1, among those that wait for the provider; counted by GET /v1/videos/{id} alone'),
  cancel_requested: z.boolean(),
  attempts: listOf(attemptSchema),
  cost: costSchema,
  result: resultSchema.nullable().describe('There from completion until the video is deleted or expires'),
  expired: z.boolean(),
  deleted: z.boolean(),
  failure: z
    .object({ code: failureCode, retryable: z.boolean(), charged, provider_code: providerCode })
    .nullable(),
});
export type GatewayObject = z.infer<typeof gatewaySchema>;

const warningSchema = z.object({
  code: z.enum(['camera_translated', 'camera_too_many', 'camera_undocumented', 'aspect_ratio_ignored']),
  message: z.string(),
});

/** The public form of a task: OpenAI's video object, and one `gateway` object of our own. */
export const videoSchema = z.object({
  id: videoId,
  object: z.literal('video'),
  model: z.string(),
  status: videoStatus,
  progress: z.int().min(0).max(100).describe('Percent; 100 only when the file is there'),
  created_at: unixSeconds,
  completed_at: unixSeconds.nullable(),
  expires_at: unixSeconds.nullable().describe('Unix seconds at which the file is removed'),
  seconds: z.string().regex(/^\d*$/).describe('Whole seconds as text; empty while nobody knows'),
  size: z.string().describe('Pixels as `WIDTHxHEIGHT`; empty while nobody knows'),
  prompt: z.string().nullable(),
  remixed_from_video_id: videoId.nullable(),
  error: z
    .object({ code: failureCode, message: z.string() })
    .nullable()
    .describe('Why it failed; present once `status` is `failed`'),
  metadata: z.record(z.string(), z.string()),
  gateway: gatewaySchema.extend({ warnings: listOf(warningSchema) }),
});
export type Video = z.infer<typeof videoSchema>;

/** The answer to an order, also to one that is repeated. */
export const acceptedVideoSchema = videoSchema.extend({
  webhook: z
    .object({
      url: z.string(),
      secret: z.string().optional().describe('Signs the messages about this order; shown here alone'),
      events: listOf(z.enum(videoEvents)),
    })
    .optional()
    .describe('Where the order names one'),
});

/** What is left of the answer to an accepted order where the rest cannot be read: an accepted order is no error. */
export const videoReceiptSchema = videoSchema.pick({ id: true, object: true, model: true, status: true });

export const deletedVideoSchema = z.object({
  id: videoId,
  object: z.literal('video.deleted'),
  deleted: z.literal(true),
});

export const videoListSchema = z.object({
  object: z.literal('list'),
  data: listOf(videoSchema),
  has_more: z.boolean(),
  first_id: videoId.nullable(),
  last_id: videoId.nullable().describe('Where the next page goes on, as `after`; also of an empty page'),
});
