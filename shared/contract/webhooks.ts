import * as z from 'zod';
import { budgetThresholds, deliveryStatuses, videoEvents, webhookEvents } from '../domain/webhook.ts';
import { isoTime, listOf, unixSeconds, usd, videoId } from './field-types.ts';
import { videoSchema } from './video.ts';

export const webhookEndpointSchema = z.object({
  id: z.string(),
  object: z.literal('webhook_endpoint'),
  url: z.string(),
  events: listOf(z.enum(webhookEvents)),
  enabled: z.boolean(),
  disabled_reason: z.string().nullable(),
  created_at: unixSeconds,
  old_secrets_expire_at: listOf(unixSeconds).describe('Of secrets that were rotated out and still sign'),
});
export type ShownEndpoint = z.infer<typeof webhookEndpointSchema>;

/** The answers that tell a secret, which cannot be read again. */
export const secretEndpointSchema = webhookEndpointSchema.extend({
  secret: z.string().startsWith('whsec_').describe('Signs the messages; not shown again'),
});

export const webhookEndpointListSchema = z.object({
  object: z.literal('list'),
  data: listOf(webhookEndpointSchema),
  has_more: z.literal(false),
});

export const deletedEndpointSchema = z.object({
  id: z.string(),
  object: z.literal('webhook_endpoint.deleted'),
  deleted: z.literal(true),
});

export const webhookDeliverySchema = z.object({
  id: z.string().describe('Also the `webhook-id` that the receiver sees'),
  object: z.literal('webhook_delivery'),
  type: z.enum(webhookEvents),
  status: z.enum(deliveryStatuses),
  endpoint_id: z.string().nullable().describe('`null` for the webhook of an order'),
  video_id: videoId.nullable(),
  created_at: unixSeconds.nullable(),
  attempts: z.int().nonnegative(),
  next_attempt_at: unixSeconds.nullable(),
  last_answer: z
    .object({
      at: unixSeconds.nullable(),
      status: z.int().nullable(),
      body: z.string().nullable().describe('Its first 500 characters'),
      error: z.string().nullable(),
    })
    .nullable(),
  reason: z.string().nullable().describe('Why it was dropped'),
});
export type ShownDelivery = z.infer<typeof webhookDeliverySchema>;

export const webhookDeliveryListSchema = z.object({
  object: z.literal('list'),
  data: listOf(webhookDeliverySchema),
  has_more: z.boolean(),
  first_id: z.string().nullable(),
  last_id: z.string().nullable(),
});

const event = {
  id: z.string().describe('The same over all attempts of a message'),
  object: z.literal('event'),
  created_at: unixSeconds,
  timestamp: isoTime,
};

/** The body of a message about the end of a video, made anew for each attempt. */
export const videoEventSchema = z.object({ ...event, type: z.enum(videoEvents), data: videoSchema });

/** The body of a message about a budget that is used up to 50, 80 or 100 percent. */
export const budgetEventSchema = z.object({
  ...event,
  type: z.literal('budget.threshold'),
  data: z.object({
    id: z.string(),
    object: z.literal('budget.threshold'),
    period: z.enum(['month', 'day']),
    span: z.string().describe('The UTC month or day, `2026-11` or `2026-11-21`'),
    threshold_percent: z.literal(budgetThresholds),
    currency: z.literal('USD'),
    budget: usd,
    used: usd.describe('USD that are held and charged'),
  }),
});
