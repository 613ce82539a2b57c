import * as z from 'zod';

/** A decimal text, because no client may round money. */
export const usd = z
  .string()
  .regex(/^-?\d+\.\d{2,6}$/)
  .describe('USD as decimal text, exact to a millionth');

export const unixSeconds = z.int().nonnegative().describe('Unix seconds');

export const isoTime = z.string().meta({ format: 'date-time', description: 'ISO 8601 in UTC' });

export const videoId = z
  .string()
  .regex(/^video_[0-9a-f]{16}$/)
  .meta({ examples: ['video_331ac6c1e3d7ead4'] });

/** A list that nobody changes; readers of the contract see a plain array. */
export function listOf<Item extends z.ZodType>(item: Item) {
  return z.array(item).readonly();
}
