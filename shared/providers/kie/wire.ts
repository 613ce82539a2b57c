import * as z from 'zod';
import type { FailureCode } from '../../domain/job-progress.ts';
import { failureCodeOfText } from '../failure-reading.ts';
import { failureCodeOf as failureCodeOfHost } from '../market/wire.ts';
import { statusReader } from '../status-words.ts';
import { callbackUrlRule, isCallbackUrl, isWebUrl } from '../web-url.ts';
import { wireId, wireNumber, wireText, wireUrl, wireWord } from '../wire-reading.ts';

/** The values of `model`. */
export const nativeModels = ['hailuo-02', 'hailuo-2-3', 'hailuo-2-3-fast'] as const;
export type NativeModel = (typeof nativeModels)[number];
/** The values of `aspectRatio`; the first is what a text-to-video is made in when nobody asks. */
export const aspectRatios = ['16:9', '9:16', '1:1'] as const;
export const seedRange = [10_000, 99_999] as const;

const resolutionRule = 'resolution must be 720p or 1080p';
const seedRule = `seed must be a whole number from ${seedRange[0]} to ${seedRange[1]}`;

/** The body of `POST /api/v1/hailuo/generate`. */
export const createRequestSchema = z.object(
  {
    prompt: z.string('prompt is required: a text'),
    imageUrl: z.string('imageUrl must be a URL').optional(),
    model: z.enum(nativeModels, `model must be one of ${nativeModels.join(', ')}`).optional(),
    duration: z.literal([6, 8, 10], 'duration must be one of the numbers 6, 8, 10').optional(),
    resolution: z.enum(['720p', '1080p'], resolutionRule).optional(),
    aspectRatio: z.enum(aspectRatios, `aspectRatio must be one of ${aspectRatios.join(', ')}`).optional(),
    seed: z.int(seedRule).min(seedRange[0], seedRule).max(seedRange[1], seedRule).optional(),
    callBackUrl: z.string('callBackUrl must be a URL').optional(),
  },
  'The body must be a JSON object',
);
export type CreateRequest = z.infer<typeof createRequestSchema>;

/** The same body as clients send it to us: in any case, and with what others call 768P for the tier of 720p. */
export const doorRequestSchema = createRequestSchema.extend({
  resolution: z
    .string(resolutionRule)
    .regex(/^(720|768|1080)[pP]$/, resolutionRule)
    .optional(),
});
export type DoorRequestBody = z.infer<typeof doorRequestSchema>;

/** What of an order its record shows again as it was written. */
export const doorEchoSchema = doorRequestSchema.pick({ resolution: true });

const maxPromptLength = 800;

/** What the document demands besides the types. Prompts are counted in Unicode code points. */
export function checkOrder(order: DoorRequestBody, context: z.RefinementCtx): void {
  const { prompt, model, imageUrl, duration, resolution = '', callBackUrl } = order;
  const refuse = (field: string, message: string) =>
    context.addIssue({ code: 'custom', path: [field], message });
  if (prompt.trim() === '') refuse('prompt', 'prompt is required');
  if ([...prompt].length > maxPromptLength)
    refuse('prompt', `prompt is longer than ${maxPromptLength} characters`);
  if (imageUrl !== undefined && !isWebUrl(imageUrl))
    refuse('imageUrl', 'imageUrl must be an http or https URL');
  if (imageUrl === undefined && model === 'hailuo-2-3-fast')
    refuse('model', `${model} makes nothing from text`);
  if (duration === 10 && resolution.startsWith('1080'))
    refuse('duration', '10-second videos are not supported at 1080p');
  if (callBackUrl !== undefined && !isCallbackUrl(callBackUrl))
    refuse('callBackUrl', `callBackUrl ${callbackUrlRule}`);
}

/** The body of `POST /api/v1/common/download-url`. */
export const downloadUrlRequestSchema = z
  .object({ url: z.string('url is required: the link to a video') }, 'The body must be a JSON object')
  .transform(({ url }) => url);

/** A task as a look and a callback show it. The document shows no failure: its two fields are our guess. */
const wireTaskSchema = z.object({
  taskId: wireId,
  /** A number in the document. */
  status: wireWord,
  videoUrl: wireUrl,
  errorCode: wireNumber,
  errorMessage: wireText,
});
export type WireTask = z.infer<typeof wireTaskSchema>;

/** The answer of `GET /api/v1/hailuo/record-info`. */
export const envelopeSchema = z.object({
  code: wireNumber,
  data: wireTaskSchema.nullish().catch(undefined),
});

/** The body of a callback: the task without an envelope. */
export const callbackSchema = wireTaskSchema;

/** The document's numbers: one of them stands for a job that waits and for one that runs. */
export const meaningOf = statusReader({ 0: 'running', 1: 'succeeded', 2: 'failed' });

/** The document's numbers. At the models' maker 1002 and 1004 mean a rate limit and a wrong key. */
const failureCodes: Readonly<Record<number, FailureCode>> = {
  1001: 'invalid_request',
  1002: 'bad_image',
  1003: 'provider_balance',
  1004: 'invalid_request',
  1005: 'provider_rate_limited',
};

/** What a code blames, where it is one that we know. 1001 is for a missing prompt and for banned content alike. */
export function failureCodeOf(code: number, reason: string): FailureCode | undefined {
  if (code === 1001 && failureCodeOfText(reason) === 'content_rejected') return 'content_rejected';
  return failureCodes[code] ?? failureCodeOfHost(code);
}
