import * as z from 'zod';
import { floorFromUsd } from '../domain/money.ts';
import { violationCodes } from '../domain/quote.ts';
import { type Resolution, resolutions } from '../domain/video-request.ts';
import { imageInputSchema } from './image-input.ts';

const maxMetadataBytes = 2048;

/** What a field's own check adds to an issue when its fault is not the type. */
export const issueParamsSchema = z.object({ violation: z.enum(violationCodes) });
type IssueParams = z.infer<typeof issueParamsSchema>;

const notOffered: IssueParams = { violation: 'not_offered' };
const metadataTooLarge: IssueParams = { violation: 'metadata_too_large' };

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
  if (Buffer.byteLength(JSON.stringify(metadata)) <= maxMetadataBytes) return;
  context.addIssue({ code: 'custom', params: metadataTooLarge });
});

/** The body of an order, the same in the API and in the inbox. */
export const orderFieldsSchema = z
  .strictObject({
    model: z.string(),
    prompt: z.string(),
    seconds: secondsSchema,
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
    provider: z.string().transform((name) => name.toLowerCase()),
    max_cost_usd: costSchema,
    metadata: metadataSchema,
  })
  .partial();
export type OrderFields = z.infer<typeof orderFieldsSchema>;
export type OrderParam = keyof OrderFields;

const image = 'an https URL, a data: URI in base64, an uploaded file, {"image_url": …} or {"file_id": …}';

/** What is allowed in each field, to complete "must be". */
export const allowedValues: Readonly<Record<OrderParam, string>> = {
  model: 'the id of a model as text',
  prompt: 'text',
  seconds: 'a number of seconds such as 6 or "6"',
  resolution: `one of ${resolutions.join(', ')}`,
  size: 'pixels such as "1280x720"',
  aspect_ratio: 'a ratio such as "16:9"',
  seed: 'a whole number',
  prompt_optimizer: 'true or false',
  first_frame_image: image,
  input_reference: image,
  last_frame_image: image,
  subject_image: image,
  provider: '"auto" or the name of a provider',
  max_cost_usd: 'an amount in USD such as 0.5 or "0.50"',
  metadata: `an object of texts, at most ${maxMetadataBytes} bytes as JSON`,
};
