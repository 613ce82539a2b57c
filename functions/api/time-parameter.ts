import * as z from 'zod';

const unixSeconds = z
  .string()
  .regex(/^\d{1,11}$/)
  .transform((text) => new Date(Number(text) * 1000).toISOString());
const isoTime = z
  .union([z.iso.date(), z.iso.datetime({ offset: true })])
  .transform((text) => new Date(text).toISOString());

/** A moment as ISO 8601 in UTC; a date is its first moment. */
export const timeParameter = z.union(
  [unixSeconds, isoTime],
  'must be unix seconds, a UTC date such as 2026-11-01, or a time such as 2026-11-01T08:00:00Z',
);
