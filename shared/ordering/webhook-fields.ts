import * as z from 'zod';
import { videoEvents } from '../domain/webhook.ts';
import { isWebhookSecret } from '../ids.ts';
import { maxWebhookUrlLength } from './webhook-url.ts';

/** Of an order; whether the URL may be sent to is decided when the order is placed. */
export const webhookInputSchema = z.strictObject({
  url: z.string().max(maxWebhookUrlLength),
  secret: z.string().refine(isWebhookSecret).optional(),
  events: z.array(z.enum(videoEvents)).nonempty().optional().transform(toSet),
});

/** The same events are the same order, however they are written; all of them are what nobody names. */
function toSet(events: readonly (typeof videoEvents)[number][] | undefined) {
  const wanted = videoEvents.filter((event) => events?.includes(event));
  return events === undefined || wanted.length === videoEvents.length ? undefined : wanted;
}

const allowedInside = {
  url: `an https URL of at most ${maxWebhookUrlLength} characters`,
  secret: '"whsec_" and the base64 of 24 to 64 bytes',
  events: `a list of at least one of ${videoEvents.join(', ')}`,
};

const { url, secret, events } = allowedInside;

/** What is allowed in the field of a body. */
export const webhookGuide = {
  allowed: { webhook: `{"url": …} with ${url}, beside it "secret" as ${secret}, and "events", ${events}` },
  inside: { webhook: allowedInside },
  // Not the URL: it may hold a secret.
  shown: new Set(['webhook.events']),
};
