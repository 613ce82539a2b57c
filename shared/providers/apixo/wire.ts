import * as z from 'zod';
import type { FailureCode } from '../../domain/job-progress.ts';
import { failureCodeOfText } from '../failure-reading.ts';
import { statusReader } from '../status-words.ts';
import { parseWireJson, wireId, wireNumber, wireText, wireUrl, wireWord } from '../wire-reading.ts';

/** The models, as they stand in the path. */
export const nativeModels = ['hailuo-2-3-fast', 'hailuo-2-3'] as const;

/** The values of `provider`: how Apixo itself chooses whom it buys from. */
export const strategies = ['auto', 'value', 'official'] as const;

/** The values of `input.mode`: standard is 768P, pro is 1080P. */
export const modes = [
  'standard-text-to-video',
  'standard-image-to-video',
  'pro-text-to-video',
  'pro-image-to-video',
] as const;

/** The body of `POST /api/v1/generateTask/{model}`. */
export const createRequestSchema = z.object({
  request_type: z.enum(['async', 'callback']).default('async'),
  /** Means something only with the request type `callback`. */
  callback_url: z.string().optional(),
  provider: z.enum(strategies).optional(),
  input: z.object({
    mode: z.enum(modes, 'Invalid mode type'),
    prompt: z.string().optional(),
    image_urls: z.array(z.string()).optional(),
    /** A number in one example of the document, a text in another. */
    duration: wireNumber.optional(),
  }),
});
export type CreateRequest = z.output<typeof createRequestSchema>;

const resultSchema = z.object({ resultUrls: z.array(wireUrl) });

/** The URLs in `resultJson`, which is JSON within JSON; blank and other entries are left out. */
function toResultUrls(resultJson: unknown): string[] {
  const result = typeof resultJson === 'string' ? parseWireJson(resultJson) : resultJson;
  const urls = resultSchema.safeParse(result).data?.resultUrls ?? [];
  return urls.filter((url) => url !== undefined);
}

/** A task as create, status and callback show it; only the fields that are used. */
const wireTaskSchema = z
  .object({
    taskId: wireId,
    state: wireWord,
    resultJson: z.unknown().optional(),
    failCode: wireId,
    failMsg: wireText,
  })
  .transform(({ resultJson, ...task }) => ({ ...task, resultUrls: toResultUrls(resultJson) }));
export type WireTask = z.output<typeof wireTaskSchema>;

/** The answer to create and status, and the body of a callback. A failed task also has the code 200. */
export const envelopeSchema = z.object({
  code: wireNumber,
  data: wireTaskSchema.nullish().catch(undefined),
});

/** The answer of `GET /api/v1/apikeys/current-balance`, in USD. */
export const balanceSchema = z.object({ code: wireNumber, data: wireNumber });

/** How each state is meant. */
export const meaningOf = statusReader({
  pending: 'queued',
  processing: 'running',
  success: 'succeeded',
  failed: 'failed',
});

/** Words of a `failCode` that say nothing elsewhere. */
const codesByWord: readonly (readonly [RegExp, FailureCode])[] = [
  [/\btimeout\b/i, 'generation_failed'],
  [/\bunavailable\b/i, 'provider_unavailable'],
  [/\b(format|url)\b/i, 'bad_image'],
  [/\bprompt\b/i, 'invalid_request'],
];

/**
 * What a `failCode` points to, where it says anything we know. It is an open set in two spellings, such as
 * `INVALID_IMAGE_URL` and `InputImageSensitiveContentDetected`: read word by word.
 */
export function failureCodeOfFailCode(failCode: string): FailureCode | undefined {
  const words = failCode.replaceAll('_', ' ').replace(/(?<=[a-z])(?=[A-Z])/g, ' ');
  return failureCodeOfText(words) ?? codesByWord.find(([pattern]) => pattern.test(words))?.[1];
}
