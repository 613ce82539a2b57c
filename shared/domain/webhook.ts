import * as z from 'zod';
import type { BudgetPeriod } from './budget.ts';
import type { TerminalState } from './task.ts';

/** What can be told of a video's end. */
export const videoEvents = ['video.completed', 'video.failed', 'video.canceled'] as const;
export const webhookEvents = [...videoEvents, 'budget.threshold'] as const;
export type WebhookEvent = (typeof webhookEvents)[number];

const endEvents = {
  completed: 'video.completed',
  failed: 'video.failed',
  canceled: 'video.canceled',
} as const satisfies Record<TerminalState, WebhookEvent>;

export function eventOf(state: TerminalState): WebhookEvent {
  return endEvents[state];
}

/** Percent of an account's budget of which its endpoints are told once in each period. */
export const budgetThresholds = [50, 80, 100] as const;
export type BudgetThreshold = (typeof budgetThresholds)[number];

/** How an account's budget stood when a threshold was found to be reached. */
const budgetUseSchema = z.object({
  period: z.enum(['month', 'day'] satisfies BudgetPeriod[]),
  /** The UTC month or day, `2026-11` or `2026-11-21`. */
  span: z.string(),
  thresholdPercent: z.number().int(),
  budgetMicroUsd: z.number().int(),
  /** Held and charged. */
  usedMicroUsd: z.number().int(),
});
export type BudgetUse = z.infer<typeof budgetUseSchema>;

/** `dropped`: there was nobody to send it to any more, or nothing to tell. */
export const deliveryStatuses = ['pending', 'delivered', 'failed', 'dropped'] as const;

const receiverSchema = z.discriminatedUnion('kind', [
  /** Whom the order itself named. */
  z.object({ kind: z.literal('order') }),
  z.object({ kind: z.literal('endpoint'), endpointId: z.string() }),
]);
export type Receiver = z.infer<typeof receiverSchema>;

/** What came back of an attempt; absent fields where nothing came. */
const answerSchema = z.object({
  at: z.string(),
  status: z.number().int().optional(),
  /** The beginning of the answer's body, at most 500 characters. */
  body: z.string().optional(),
  /** Why it was no success. */
  error: z.string().optional(),
});
export type DeliveryAnswer = z.infer<typeof answerSchema>;

/** One message for one receiver. Times are ISO 8601 in UTC. */
export const deliverySchema = z.object({
  /** Also the `webhook-id` of every attempt. Sorted as text, ids are sorted by the time of the event. */
  id: z.string(),
  type: z.enum(webhookEvents),
  receiver: receiverSchema,
  /** Of the video that it tells of. */
  taskId: z.string().optional(),
  budgetUse: budgetUseSchema.optional(),
  occurredAt: z.string(),
  status: z.enum(deliveryStatuses),
  /** Numbers its executions: each replay is a new one, and begins the schedule anew. */
  run: z.number().int().positive(),
  /** Of this run; each is counted before its request leaves. */
  attempts: z.number().int().nonnegative(),
  /** Set when an attempt is counted, so that a crash does not shorten the pause; absent before the first and after the last. */
  nextAttemptAt: z.string().optional(),
  lastAnswer: answerSchema.optional(),
  /** Why it was dropped. */
  reason: z.string().optional(),
  /** Unix time, as DynamoDB's TTL wants it. */
  expireAtSeconds: z.number().int(),
});
export type Delivery = z.infer<typeof deliverySchema>;

/** All that a delivery's execution carries, besides the last step's decision. */
export const deliveryInputSchema = z.object({
  account: z.string(),
  deliveryId: z.string(),
  run: z.number().int().positive(),
});
export type DeliveryInput = z.infer<typeof deliveryInputSchema>;

/** What an attempt tells the state machine to do next. */
export type DeliveryDecision =
  | { readonly decision: 'wait'; readonly waitSeconds: number }
  | { readonly decision: 'done' };

export function deliveryExecutionName({ deliveryId, run }: DeliveryInput): string {
  return `${deliveryId}-${run}`;
}
