import type { HttpAnswer } from '../../shared/http/http-event.ts';
import { getIdempotencyKey } from '../../shared/http/idempotency-key.ts';
import { placeOrder } from '../../shared/ordering/place-order.ts';
import type { AccountRequest, ApiDependencies } from './api-dependencies.ts';
import { readOrder } from './read-order.ts';
import { videoAnswer } from './video-answer.ts';

/** POST /v1/videos: accepts an order and answers at once. */
export async function createVideo(
  { event, account }: AccountRequest,
  api: ApiDependencies,
): Promise<HttpAnswer> {
  const parsed = await readOrder(event);
  const idempotencyKey = getIdempotencyKey(event);
  const order = { account, parsed, ...(idempotencyKey !== undefined && { idempotencyKey }) };
  return videoAnswer(await placeOrder(order, api), api);
}
