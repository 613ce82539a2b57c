import OpenAI from 'openai';
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
  vi.useFakeTimers({ now, toFake: ['Date'] });
  try {
    const client = new OpenAI({ apiKey: 'none', webhookSecret: secret });
    return eventSchema.parse(await client.webhooks.unwrap(body, headers));
  } finally {
    vi.useRealTimers();
  }
}
