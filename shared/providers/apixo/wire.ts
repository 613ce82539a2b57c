import * as z from 'zod';
import type { FailureCode } from '../../domain/job-progress.ts';
import { failureCodeOfText } from '../failure-reading.ts';
import { statusReader } from '../status-words.ts';
import { callbackUrlRule, isCallbackUrl, isWebUrl } from '../web-url.ts';
import { parseWireJson, wireId, wireNumber, wireText, wireUrl, wireWord } from '../wire-reading.ts';

/** The models, as they stand in the path. */
export const nativeModels = ['hailuo-2-3-fast', 'hailuo-2-3'] as const;
export type NativeModel = (typeof nativeModels)[number];

/** The values of `provider`: how Apixo itself chooses whom it buys from. */
export const strategies = ['auto', 'value', 'official'] as const;

/** The values of `input.mode`: standard is 768P, pro is 1080P. */
export const modes = [
  'standard-text-to-video',
  'standard-image-to-video',
  'pro-text-to-video',
  'pro-image-to-video',
] as const;

const noMode = 'Invalid mode type';
const notUrls = 'input.image_urls must be a list of URLs';

/** The body of `POST /api/v1/generateTask/{model}`. */
export const createRequestSchema = z.object(
  {
    request_type: z.enum(['async', 'callback'], 'request_type must be async or callback').default('async'),
    /** Means something only with the request type `callback`. */
    callback_url: z.string('callback_url must be text').optional(),
    provider: z.enum(strategies, `provider must be one of ${strategies.join(', ')}`).optional(),
    input: z.object(
      {
        mode: z.enum(modes, noMode),
        prompt: z.string('input.prompt must be text').optional(),
        /** Blanks count as absent. */
        image_urls: z
          .array(z.string(notUrls).trim(), notUrls)
          .transform((urls) => urls.filter((url) => url !== ''))
          .optional(),
        /** A number in one example of the document, a text in another. */
        duration: wireNumber.optional(),
      },
      'input is required: an object with the mode',
    ),
  },
  'The body must be a JSON object',
);
export type CreateRequest = z.output<typeof createRequestSchema>;

/** The seconds of a video: standard is ordered with one of these, pro is always the first. */
export const videoSeconds = [6, 10] as const;

/** Whether a mode is ordered with a duration; the other one ignores whatever is sent. */
export function isTimed(mode: CreateRequest['input']['mode']): boolean {
  return mode.startsWith('standard-');
}

/** Not documented: the limit of the models' maker, in Unicode code points. */
const maxPromptLength = 2000;

/** What the document demands of an order for `model`; the rules for what is in an image are not among it. */
export function checkOrder(order: CreateRequest, model: string, context: z.RefinementCtx): void {
  const { mode, prompt = '', image_urls: images = [], duration } = order.input;
  const refuse = (path: readonly string[], message: string) =>
    context.addIssue({ code: 'custom', path: [...path], message });
  const refuseInput = (field: string, message: string) =>
    refuse(['input', field], `input.${field} ${message}`);
  const isFromText = mode.endsWith('text-to-video');
  if (isFromText && model === 'hailuo-2-3-fast') refuse(['input', 'mode'], noMode);
  if (prompt.trim() === '') refuseInput('prompt', 'is required');
  if ([...prompt].length > maxPromptLength)
    refuseInput('prompt', `is longer than ${maxPromptLength} characters`);
  if (isFromText && images.length > 0) refuseInput('image_urls', `is not taken by ${mode}; leave it out`);
  if (!isFromText && !(images.length === 1 && isWebUrl(images[0])))
    refuseInput('image_urls', `must be a list of one http or https URL for ${mode}`);
  if (isTimed(mode) && !videoSeconds.some((seconds) => seconds === duration))
    refuseInput('duration', `must be ${videoSeconds.join(' or ')} for ${mode}`);
  if (order.request_type === 'callback' && !isCallbackUrl(order.callback_url))
    refuse(['callback_url'], `callback_url ${callbackUrlRule} when request_type is callback`);
}

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
