import * as z from 'zod';
import { statusReader } from '../status-words.ts';
import { callbackUrlRule, isCallbackUrl, isWebUrl } from '../web-url.ts';
import { wireId, wireNumber, wireText, wireUrl, wireWord } from '../wire-reading.ts';

/** The newer values of `input.model`, which alone take a duration and a resolution. */
const timedModels = ['v2.3', 'v2.3-fast'] as const;

/** The values of `input.model`. */
export const nativeModels = [
  't2v-01',
  'i2v-01',
  'i2v-01-live',
  't2v-01-director',
  's2v-01',
  ...timedModels,
] as const;
type NativeModel = (typeof nativeModels)[number];

/** Whether the model is ordered with a duration and a resolution. */
export function isTimed(model: NativeModel): boolean {
  return timedModels.some((timed) => timed === model);
}

/** What a newer model costs by seconds and lines. */
const pointsOfTimed: Readonly<Record<string, number>> = {
  'v2.3 6 768': 2_300_000,
  'v2.3 10 768': 4_500_000,
  'v2.3 6 1080': 4_000_000,
  'v2.3-fast 6 768': 1_600_000,
  'v2.3-fast 10 768': 2_600_000,
  'v2.3-fast 6 1080': 2_600_000,
};

type Sold = Pick<CreateRequest['input'], 'model' | 'duration' | 'resolution'>;

/** Points that an order costs; absent when it is not sold so. */
export function pointsOf({ model, duration, resolution }: Sold): number | undefined {
  if (isTimed(model)) return pointsOfTimed[`${model} ${duration} ${resolution}`];
  if (duration !== undefined || resolution !== undefined) return undefined;
  return model === 's2v-01' ? 3_000_000 : 2_000_000;
}

/** The body of `POST /api/v1/task`. */
export const createRequestSchema = z.object({
  model: z.literal('hailuo'),
  task_type: z.literal('video_generation'),
  input: z.object({
    model: z.enum(nativeModels),
    prompt: z.string().optional(),
    image_url: z.string().optional(),
    expand_prompt: z.boolean().optional(),
    duration: z.int().optional(),
    /** The lines of the picture: 768 or 1080. */
    resolution: z.int().optional(),
  }),
  config: z.object({
    service_mode: z.literal('public'),
    webhook_config: z.object({ endpoint: z.string(), secret: z.string() }).optional(),
  }),
});
export type CreateRequest = z.infer<typeof createRequestSchema>;

const endpointRule = `config.webhook_config.endpoint ${callbackUrlRule}`;
const endpointSchema = z
  .string(endpointRule)
  .trim()
  .refine((text) => text === '' || isCallbackUrl(text), endpointRule);

/** It is kept with the task, and sent as a header. */
const secretRule = 'config.webhook_config.secret must be at most 1024 printable ASCII characters';
const secretSchema = z.string(secretRule).regex(/^[ -~]{0,1024}$/, secretRule);

/** As the API shows an absent one, a blank is absent. */
const imageRule = 'input.image_url must be an http or https URL';
const imageSchema = z
  .string(imageRule)
  .trim()
  .transform((text) => (text === '' ? undefined : text))
  .refine((text) => text === undefined || isWebUrl(text), imageRule);

const doorInputSchema = z.object(
  {
    model: z.enum(nativeModels, `input.model must be one of ${nativeModels.join(', ')}`),
    prompt: z.string('input.prompt must be text').optional(),
    image_url: imageSchema.optional(),
    expand_prompt: z.boolean('input.expand_prompt must be true or false').optional(),
    duration: z.int('input.duration must be a whole number').optional(),
    resolution: z.int('input.resolution must be a whole number').optional(),
  },
  'input must be an object with the model',
);

const doorConfigSchema = z.object(
  {
    service_mode: z.literal('public', 'config.service_mode must be public').default('public'),
    webhook_config: z
      .object(
        { endpoint: endpointSchema.default(''), secret: secretSchema.default('') },
        'config.webhook_config must be an object with the endpoint',
      )
      .optional(),
  },
  'config must be an object',
);

/** The same body as clients send it to us. The document marks `config` as required and shows requests without it: it is tolerated. */
export const doorRequestSchema = z.object(
  {
    model: z.literal('hailuo', 'model must be hailuo'),
    task_type: z.literal('video_generation', 'task_type must be video_generation'),
    input: doorInputSchema,
    config: doorConfigSchema.prefault({}),
  },
  'The body must be a JSON object',
);
export type DoorRequestBody = z.infer<typeof doorRequestSchema>;

const outputSchema = z
  .object({ video_url: wireUrl, video: wireUrl, download_url: wireUrl, message: wireText })
  .transform(({ video_url, video, download_url, message }) => ({
    url: video_url ?? video ?? download_url,
    message,
  }));

/** A task as create, query and webhook show it; only the fields that are used. */
const wireTaskSchema = z.object({
  task_id: wireId,
  status: wireWord,
  input: z.object({ prompt: wireText }).nullish().catch(undefined),
  /** The long object of the 01 models or the short one of later models. */
  output: outputSchema.nullish().catch(undefined),
  meta: z
    .object({ usage: z.object({ type: wireText, consume: wireNumber }) })
    .nullish()
    .catch(undefined),
  error: z.object({ code: wireId, message: wireText, raw_message: wireText }).nullish().catch(undefined),
});
export type WireTask = z.infer<typeof wireTaskSchema>;

/** The answer to create and to `GET /api/v1/task/{task_id}`. */
export const envelopeSchema = z.object({
  code: wireNumber,
  data: wireTaskSchema.nullish().catch(undefined),
});

/** The answer of `GET /account/info`. */
export const accountSchema = z.object({
  code: wireNumber,
  data: z.object({ equivalent_in_usd: wireNumber }).nullish().catch(undefined),
});

/** The body of a webhook: the task without the envelope's code and message. */
export const webhookSchema = z.object({ data: wireTaskSchema });

/** How each status word is meant. */
export const meaningOf = statusReader({
  pending: 'queued',
  staged: 'queued',
  processing: 'running',
  completed: 'succeeded',
  failed: 'failed',
});
