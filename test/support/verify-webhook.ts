import { Webhook } from 'standardwebhooks';
import { vi } from 'vitest';
import * as z from 'zod';
import type { ReceivedWebhook } from './webhook-receiver.ts';

const eventSchema = z.looseObject({
  id: z.string(),
  object: z.literal('event'),
  created_at: z.int(),
  type: z.string(),
  timestamp: z.iso.datetime(),
  data: z.looseObject({ id: z.string() }),
});
export type VerifiedEvent = z.infer<typeof eventSchema>;

/** The event of a webhook; throws unless its signature, by `secret`, and its time, at `now`, are right. */
export async function verifyWebhook(
  { headers, body }: ReceivedWebhook,
  secret: string,
  now: Date,
): Promise<VerifiedEvent> {
  return atTime(now, () => eventSchema.parse(new Webhook(secret).verify(body, { ...headers })));
}

/** Lets a receiver's library, which asks the machine for the time, read a message as if it were `now`. */
export async function atTime<Result>(now: Date, read: () => Result): Promise<Awaited<Result>> {
  vi.useFakeTimers({ now, toFake: ['Date'] });
  try {
    return await read();
  } finally {
    vi.useRealTimers();
  }
}
