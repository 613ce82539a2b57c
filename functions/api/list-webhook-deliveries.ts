import * as z from 'zod';
import { quoted } from '../../shared/domain/shown-text.ts';
import { deliveryStatuses } from '../../shared/domain/webhook.ts';
import { ConchError } from '../../shared/errors.ts';
import { type HttpAnswer, jsonAnswer } from '../../shared/http/http-event.ts';
import { isDeliveryId } from '../../shared/storage/delivery-store.ts';
import type { AccountRequest, ApiDependencies } from './api-dependencies.ts';
import { limitParameter } from './limit-parameter.ts';
import { requireOwnTask } from './require-video.ts';
import { toDeliveryObject } from './webhook-delivery-object.ts';

export const listWebhookDeliveriesParameters = z.strictObject({
  after: z.string().optional(),
  limit: limitParameter,
  video_id: z.string().optional(),
  status: z.enum(deliveryStatuses, `must be ${deliveryStatuses.join(', ')}`).optional(),
});
type Parameters = z.infer<typeof listWebhookDeliveriesParameters>;

/** GET /v1/webhook_deliveries: the account's by the time of their event, the newest first. */
export async function listWebhookDeliveries(
  { parameters, account }: AccountRequest<Parameters>,
  { tasks, webhooks }: ApiDependencies,
): Promise<HttpAnswer> {
  const { after, limit, status, video_id: videoId } = parameters;
  requireCursor(after);
  const task = videoId === undefined ? undefined : await requireOwnTask({ id: videoId, account }, tasks);
  // Nothing is told of a video before it is accepted.
  const query = { account, limit, after, status, taskId: task?.id, from: task?.createdAt };
  const { deliveries, hasMore, lastId } = await webhooks.deliveries.list(query);
  const data = deliveries.map(toDeliveryObject);
  const ends = { first_id: data.at(0)?.id ?? null, last_id: lastId ?? null };
  return jsonAnswer(200, { object: 'list', data, has_more: hasMore, ...ends });
}

function requireCursor(after: string | undefined): void {
  if (after === undefined || isDeliveryId(after)) return;
  const message = `after: ${quoted(after)} is no id of a delivery`;
  throw new ConchError('invalid_query', message, { param: 'after' });
}
