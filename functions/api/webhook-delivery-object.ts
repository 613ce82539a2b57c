import { toOptionalSeconds, toUnixSeconds } from '../../shared/clock.ts';
import type { ShownDelivery } from '../../shared/contract/webhooks.ts';
import type { Delivery } from '../../shared/domain/webhook.ts';
import { toOptionalVideoId } from '../../shared/ids.ts';

/** A delivery as it is shown; `id` is the `webhook-id` that the receiver sees. */
export function toDeliveryObject(delivery: Delivery): ShownDelivery {
  const { id, type, status, receiver, taskId, attempts, nextAttemptAt, lastAnswer, reason } = delivery;
  return {
    id,
    object: 'webhook_delivery',
    type,
    status,
    endpoint_id: receiver.kind === 'endpoint' ? receiver.endpointId : null,
    video_id: toOptionalVideoId(taskId),
    created_at: toUnixSeconds(delivery.occurredAt),
    attempts,
    next_attempt_at: toOptionalSeconds(nextAttemptAt),
    last_answer:
      lastAnswer === undefined
        ? null
        : {
            at: toUnixSeconds(lastAnswer.at),
            status: lastAnswer.status ?? null,
            body: lastAnswer.body ?? null,
            error: lastAnswer.error ?? null,
          },
    reason: reason ?? null,
  };
}
