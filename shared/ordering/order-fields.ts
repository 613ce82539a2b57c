import * as z from 'zod';
import { floorFromUsd } from '../domain/money.ts';
import { type Resolution, resolutions, videoOperations } from '../domain/video-request.ts';
import type { FieldGuide, IssueParams } from './describe-issue.ts';
import { imageInputSchema } from './image-input.ts';
import { allowedProviders, providerChoiceSchema } from './provider-choice.ts';
import { maxUrlLength } from './source-url.ts';
import { videoInputSchema } from './video-input.ts';
import { webhookGuide, webhookInputSchema } from './webhook-fields.ts';

const maxMetadataBytes = 2048;

const notOffered: IssueParams = { violation: 'not_offered' };
/** Half a surrogate pair can be written in JSON, but strict readers refuse to read it back. */
const malformed: IssueParams = { given: 'text with half a surrogate pair, which is not valid Unicode' };

const promptSchema = z.string().refine((prompt) => prompt.isWellFormed(), { params: malformed });

/** Number or text, because clients that send multipart/form-data send text. */
const secondsSchema = z.union([
  z.number(),
  z
    .string()
    .regex(/^\d{1,4}(\.\d+)?$/)
    .transform(Number),
]);

const resolutionSchema = z.union([z.string(), z.number()]).transform((given, context): Resolution => {
  const wanted = `${given}`.toUpperCase().replace(/^\d+$/, '$&P');
  const resolution = resolutions.find((known) => known === wanted);
  if (resolution !== undefined) return resolution;
  context.addIssue({ code: 'custom', params: notOffered });
  return z.NEVER;
});

const costSchema = z.union([z.string(), z.number()]).transform((usd, context) => {
  try {
    return floorFromUsd(usd);
  } catch {
    context.addIssue({ code: 'custom', message: 'not an amount' });
    return z.NEVER;
  }
});

const metadataSchema = z.record(z.string(), z.string()).superRefine((metadata, context) => {
  const bytes = Buffer.byteLength(JSON.stringify(metadata));
  if (bytes > maxMetadataBytes) {
    const params: IssueParams = { violation: 'metadata_too_large', given: `${bytes} bytes` };
    context.addIssue({ code: 'custom', params });
    return;
  }
  for (const [key, value] of Object.entries(metadata)) {
    if (!key.isWellFormed() || !value.isWellFormed())
      context.addIssue({ code: 'custom', path: [key], params: malformed });
  }
});

/** The body of an order, the same in the API and in the inbox. */
export const orderFieldsSchema = z
  .strictObject({
    operation: z.enum(videoOperations),
    model: z.string(),
    prompt: promptSchema,
    negative_prompt: promptSchema,
    seconds: secondsSchema,
    extend_seconds: secondsSchema,
    resolution: resolutionSchema,
    size: z
      .string()
      .toLowerCase()
      .regex(/^\d{2,5}x\d{2,5}$/),
    aspect_ratio: z.string().regex(/^\d{1,3}:\d{1,3}$/),
    seed: z.int(),
    prompt_optimizer: z.boolean(),
    first_frame_image: imageInputSchema,
    input_reference: imageInputSchema,
    last_frame_image: imageInputSchema,
    subject_image: imageInputSchema,
    source_video: videoInputSchema,
    provider: providerChoiceSchema,
    max_cost_usd: costSchema,
    metadata: metadataSchema,
    webhook: webhookInputSchema,
  })
  .partial();
export type OrderFields = z.infer<typeof orderFieldsSchema>;
type OrderParam = keyof OrderFields;

const url = `an https URL of at most ${maxUrlLength} characters`;
const image = `${url}, a data: URI in base64, "s3://bucket/key", an uploaded file, {"image_url": …} or {"file_id": …}`;

const allowed: Readonly<Record<OrderParam, string>> = {
  operation: `one of ${videoOperations.join(', ')}`,
  model: 'the id of a model as text',
  prompt: 'text',
  negative_prompt: 'text',
  seconds: 'a number of seconds such as 6 or "6"',
  extend_seconds: 'a number of seconds such as 4 or "4"',
  resolution: `one of ${resolutions.join(', ')}`,
  size: 'pixels such as "1280x720"',
  aspect_ratio: 'a ratio such as "16:9"',
  seed: 'a whole number',
  prompt_optimizer: 'true or false',
  first_frame_image: image,
  input_reference: image,
  last_frame_image: image,
  subject_image: image,
  source_video: `${url}, "s3://bucket/key", {"file_id": …} or {"video_id": …}`,
  provider: allowedProviders,
  max_cost_usd: 'an amount in USD such as 0.5 or "0.50"',
  ...webhookGuide.allowed,
  metadata: `an object of texts, at most ${maxMetadataBytes} bytes as JSON`,
};

const shown: ReadonlySet<string> = new Set<OrderParam | 'webhook.events'>([
  'operation',
  'model',
  'seconds',
  'extend_seconds',
  'resolution',
  'size',
  'aspect_ratio',
  'seed',
  'prompt_optimizer',
  'provider',
  'max_cost_usd',
  'webhook.events',
]);

export const orderGuide: FieldGuide = { allowed, inside: webhookGuide.inside, shown };
