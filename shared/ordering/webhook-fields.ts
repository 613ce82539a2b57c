import * as z from 'zod';
import { videoEvents } from '../domain/webhook.ts';
import { isWebhookSecret } from '../ids.ts';
import { maxWebhookUrlLength } from './webhook-url.ts';

/** Of an order; whether the URL may be sent to is decided when the order is placed. */
export const webhookInputSchema = z.strictObject({
  url: z.string().max(maxWebhookUrlLength),
  secret: z.string().refine(isWebhookSecret).optional(),
  events: z.array(z.enum(videoEvents)).nonempty().optional(),
});

export const allowedWebhook = `{"url": …} with an https URL of at most ${maxWebhookUrlLength} characters, beside it "secret" as "whsec_" and the base64 of 24 to 64 bytes, and "events", a list of ${videoEvents.join(', ')}`;
