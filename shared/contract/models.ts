import * as z from 'zod';
import { imageFormats, operations, resolutions } from '../domain/video-request.ts';
import { listOf, usd } from './field-types.ts';

const imageLimitsSchema = z.object({
  formats: listOf(z.enum(imageFormats)),
  max_bytes: z.int().positive(),
  min_side_pixels: z.int().nonnegative(),
  max_side_pixels: z.int().positive().nullable(),
  aspect_between: listOf(z.number()).describe('Width ÷ height lies strictly between the two'),
  data_urls: z.boolean(),
});
export type ShownImageLimits = z.infer<typeof imageLimitsSchema>;

const modelOfferSchema = z.object({
  provider: z.string(),
  operation: z.enum(operations),
  native_model: z.string(),
  limits: z.object({
    prompt: z
      .object({ required: z.boolean(), max_length: z.int().positive() })
      .nullable()
      .describe('In Unicode code points; `null` where no prompt is taken'),
    image: imageLimitsSchema.nullable(),
  }),
  supports: z.object({
    prompt_optimizer: listOf(z.boolean()).describe('The values that can be asked for'),
    seed: z.object({ min: z.int(), max: z.int() }).nullable(),
    negative_prompt: z.boolean(),
    aspect_ratios: listOf(z.string()),
  }),
  prices: listOf(
    z.object({
      seconds: z.int().positive().nullable(),
      resolution: z.enum(resolutions).nullable(),
      size: z.string().nullable(),
      usd,
      assumed: z.boolean(),
    }),
  ),
  camera: z
    .enum(['rotating', 'lateral'])
    .nullable()
    .describe('Whose words camera moves are in; `null` where none are documented'),
  official: z.boolean(),
  typical_seconds: z.number().positive(),
  callback: z.boolean(),
});
export type ModelOffer = z.infer<typeof modelOfferSchema>;

const modelSchema = z.object({
  id: z.string(),
  object: z.literal('model'),
  created: z.int().nonnegative().describe('Always 0: not known'),
  owned_by: z.string(),
  gateway: z.object({ aliases: listOf(z.string()), offers: listOf(modelOfferSchema) }),
});
export type Model = z.infer<typeof modelSchema>;

export const modelListSchema = z.object({ object: z.literal('list'), data: listOf(modelSchema) });
