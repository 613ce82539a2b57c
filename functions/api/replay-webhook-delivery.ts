import { quoted } from '../../shared/domain/shown-text.ts';
import { NotFoundError } from '../../shared/errors.ts';
import { type HttpAnswer, jsonAnswer } from '../../shared/http/http-event.ts';
import { isDeliveryId } from '../../shared/storage/delivery-store.ts';
import type { AccountRequest, ApiDependencies } from './api-dependencies.ts';
import { toDeliveryObject } from './webhook-delivery-object.ts';

/**
 * POST /v1/webhook_deliveries/{id}/replay: sends the message again now, under its id, whatever became of it. Starting
 * the next run is all that is written here; its first step takes the delivery over.
 */
export async function replayWebhookDelivery(
  { parameters: { id }, account }: AccountRequest<{ id: string }>,
  { webhooks }: ApiDependencies,
): Promise<HttpAnswer> {
  const delivery = isDeliveryId(id) ? await webhooks.deliveries.get(account, id) : undefined;
  if (delivery === undefined) throw new NotFoundError(`The webhook delivery ${quoted(id)}`);
  const run = delivery.run + 1;
  await webhooks.startDelivery({ account, deliveryId: id, run });
  const { nextAttemptAt, reason, ...replayed } = delivery;
  return jsonAnswer(200, toDeliveryObject({ ...replayed, run, status: 'pending', attempts: 0 }));
}
