import * as z from 'zod';

/**
 * How our account at one provider stands right now: what it is allowed, and whether it works. One item per
 * provider, changed as a whole by conditional writes. Times are ISO 8601 in UTC unless a name says otherwise.
 */
export const standingSchema = z.object({
  /** Raised by every change. */
  version: z.number().int().nonnegative().default(0),
  /** Who holds a place, by task id, and when each may start. By id, so that giving one back twice is harmless. */
  leases: z.record(z.string(), z.string()).default({}),
  /** When orders were sent in the last hour, oldest first, in milliseconds since 1970. */
  startsMs: z.array(z.number()).default([]),
  /** Before this nothing may be sent, looks included. */
  nextRequestAt: z.string().optional(),
  /** The provider asked for patience. */
  pausedUntil: z.string().optional(),
  /** How often in a row it did. */
  pauses: z.number().int().nonnegative().default(0),
  /** How many orders failed in a row for reasons of the provider's, and when the last one did. */
  failures: z.number().int().nonnegative().default(0),
  failedAt: z.string().optional(),
  /** Since an order failed too often: until then the circuit is open. */
  openUntil: z.string().optional(),
  /** An operator stopped it then. */
  stoppedAt: z.string().optional(),
  /** What was left on the account. */
  balance: z.object({ microUsd: z.number().int(), at: z.string() }).optional(),
});
export type Standing = z.infer<typeof standingSchema>;

/** Of a provider that nothing is known of. */
export const freshStanding: Standing = standingSchema.parse({});
