import * as z from 'zod';
import type { Violation } from '../../shared/domain/quote.ts';
import { type WebhookEvent, webhookEvents } from '../../shared/domain/webhook.ts';
import { InvalidRequestError } from '../../shared/errors.ts';
import type { HttpEvent } from '../../shared/http/http-event.ts';
import { readJson } from '../../shared/http/request-body.ts';
import { parseFields, refuseIfAny } from '../../shared/ordering/parse-fields.ts';
import { maxWebhookUrlLength, webhookUrlFault } from '../../shared/ordering/webhook-url.ts';

const createSchema = z
  .strictObject({
    url: z.string().max(maxWebhookUrlLength),
    events: z.array(z.enum(webhookEvents)).nonempty(),
  })
  .partial();
const updateSchema = createSchema.extend({ enabled: z.boolean().optional() });

const allowed = {
  url: `an https URL of at most ${maxWebhookUrlLength} characters`,
  events: `a list of at least one of ${webhookEvents.join(', ')}`,
};
// Not the URL: it may hold a secret.
const shown: ReadonlySet<string> = new Set(['events', 'enabled']);

export const createForm = {
  schema: createSchema,
  allowed,
  shown,
  example: '{"url": "https://example.com/hook"}',
};
export const updateForm = {
  schema: updateSchema,
  allowed: { ...allowed, enabled: 'true or false' },
  shown,
  example: '{"enabled": false}',
};

/** What a new endpoint is; without `events` it is told of everything. Throws InvalidRequestError. */
export function parseNewEndpoint(
  event: HttpEvent,
  trustedOrigins: readonly string[],
): { readonly url: string; readonly events: WebhookEvent[] } {
  const { fields, violations } = parseFields(readJson(event), createForm);
  refuseIfAny([...violations, ...judgeUrl(fields.url, trustedOrigins)]);
  const { url, events } = fields;
  if (url === undefined) throw new InvalidRequestError([noUrl]);
  return { url, events: unique(events ?? webhookEvents) };
}

/** What is to change; absent fields stay as they are. Throws InvalidRequestError. */
export function parseEndpointChange(event: HttpEvent, trustedOrigins: readonly string[]) {
  const { fields, violations } = parseFields(readJson(event), updateForm);
  refuseIfAny([...violations, ...judgeUrl(fields.url, trustedOrigins)]);
  const { events, ...others } = fields;
  return { ...others, ...(events !== undefined && { events: unique(events) }) };
}

const noUrl: Violation = {
  param: 'url',
  code: 'missing_field',
  message: `url is required: ${allowed.url}`,
};

function judgeUrl(url: string | undefined, trustedOrigins: readonly string[]): Violation[] {
  const fault = url === undefined ? undefined : webhookUrlFault(url, { trustedOrigins });
  return fault === undefined ? [] : [{ param: 'url', code: 'webhook_url', message: `url ${fault}` }];
}

function unique(events: readonly WebhookEvent[]): WebhookEvent[] {
  return [...new Set(events)];
}
