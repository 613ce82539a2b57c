import * as z from 'zod';
import { operations } from '../domain/video-request.ts';
import { isoTime, listOf, usd } from './field-types.ts';

const limit = z.number().positive().nullable();

const providerSchema = z.object({
  id: z.string(),
  object: z.literal('provider'),
  health: z
    .enum(['closed', 'open', 'half_open'])
    .describe('`closed` works, `open` failed too often, `half_open` is tried again'),
  open_until: isoTime.nullable(),
  failures: z.int().nonnegative().describe('In a row'),
  paused: z.object({ since: isoTime }).nullable().describe("An operator's pause"),
  rate_limited_until: isoTime.nullable(),
  limits: z.object({
    concurrent: limit,
    per_minute: limit,
    per_hour: limit,
    spacing_ms: limit.describe('Milliseconds between any two requests'),
  }),
  in_use: z.int().nonnegative(),
  starts_last_hour: z.int().nonnegative().nullable().describe('`null` where no limit asks for it'),
  waiting: z.int().nonnegative().describe('Orders that wait for a place'),
  balance: z.object({ amount: usd, currency: z.literal('USD'), at: isoTime }).nullable(),
  offers: z.int().nonnegative(),
  typical_seconds: listOf(
    z.object({
      model: z.string(),
      operation: z.enum(operations),
      native_model: z.string(),
      typical_seconds: z.int().nonnegative(),
      learned_from: z
        .int()
        .nonnegative()
        .describe('How many jobs it was learned from; 0 means the catalogue'),
    }),
  ),
});
export type ShownProvider = z.infer<typeof providerSchema>;

export const providerListSchema = z.object({ object: z.literal('list'), data: listOf(providerSchema) });
