import { createHmac } from 'node:crypto';
import { toUnixSeconds } from '../../../shared/clock.ts';
import { toUsd } from '../../../shared/domain/money.ts';
import type { Delivery } from '../../../shared/domain/webhook.ts';

/**
 * The body of a message: `type`, `timestamp` and `data` as Standard Webhooks has them, `id`, `object` and `created_at`
 * as OpenAI's events have.
 */
export function toEvent({ id, type, occurredAt }: Delivery, data: object) {
  return { id, object: 'event', created_at: toUnixSeconds(occurredAt), type, timestamp: occurredAt, data };
}

export function toBudgetEvent(delivery: Delivery) {
  const { id, budgetUse } = delivery;
  if (budgetUse === undefined) throw new Error(`The delivery ${id} is about nothing`);
  const { period, span, thresholdPercent, budgetMicroUsd, usedMicroUsd } = budgetUse;
  return toEvent(delivery, {
    id: `budget_${span}_${thresholdPercent}`,
    object: 'budget.threshold',
    period,
    span,
    threshold_percent: thresholdPercent,
    currency: 'USD',
    budget: toUsd(budgetMicroUsd),
    used: toUsd(usedMicroUsd),
  });
}

interface Message {
  readonly id: string;
  readonly body: string;
  /** As `whsec_` and base64; each signs. */
  readonly secrets: readonly string[];
  readonly now: Date;
}

/** A body with the headers of Standard Webhooks 1.0.0 (specification read 2026-11-21). */
export function signedMessage({ id, body, secrets, now }: Message) {
  const timestamp = `${toUnixSeconds(now)}`;
  const signatures = secrets.map((secret) => `v1,${sign(`${id}.${timestamp}.${body}`, secret)}`);
  return {
    body,
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      ...(signatures.length > 0 && { 'webhook-signature': signatures.join(' ') }),
    },
  };
}

function sign(text: string, secret: string): string {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  return createHmac('sha256', key).update(text).digest('base64');
}
