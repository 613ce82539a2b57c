import * as z from 'zod';
import { violationCodes } from '../domain/quote.ts';
import { operations, resolutions } from '../domain/video-request.ts';
import { listOf, usd } from './field-types.ts';

const named = {
  provider: z.string(),
  model: z.string(),
  operation: z.enum(operations),
  native_model: z.string().describe("The provider's own name of the model"),
};

export const quoteSchema = z.object({
  object: z.literal('quote'),
  offers: listOf(
    z.object({
      ...named,
      seconds: z.int().positive().nullable().describe('`null` where the source video decides'),
      resolution: z.enum(resolutions).nullable(),
      size: z.string().nullable().describe('Pixels as `WIDTHxHEIGHT`'),
      official: z.boolean().describe('Whether the maker of the model sells it'),
      price: usd,
      assumed: z.boolean().describe('Whether its seller publishes no price, and ours is an assumption'),
      typical_seconds: z.int().nonnegative().describe('How long such a job usually takes'),
    }),
  ).describe('Who could serve the order; the first one would'),
  excluded: listOf(z.object({ ...named, code: z.enum(violationCodes), reason: z.string() })).describe(
    'Who could not, and why',
  ),
});
export type QuoteAnswer = z.infer<typeof quoteSchema>;
