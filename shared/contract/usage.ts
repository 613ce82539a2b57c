import * as z from 'zod';
import { isoTime, listOf, usd } from './field-types.ts';

const amounts = {
  charged: usd.describe('USD that were captured'),
  held: usd.describe('USD of tasks that go on'),
  unknown: usd.describe('USD of holds that were kept: nobody knows yet whether the provider took them'),
  tasks: z.int().nonnegative(),
};

/** Each task's price is in exactly one of the three amounts. */
export const usageSchema = z.object({
  object: z.literal('usage'),
  from: isoTime,
  to: isoTime,
  total: z.object(amounts),
  data: listOf(z.object({ group: z.string().nullable(), ...amounts })),
});
export type UsageAnswer = z.infer<typeof usageSchema>;
