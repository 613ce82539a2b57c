import { type HttpAnswer, jsonAnswer } from '../../shared/http/http-event.ts';
import { getIdempotencyKey } from '../../shared/http/idempotency-key.ts';
import { getRetryCount } from '../../shared/http/retry-count.ts';
import { toVideoId } from '../../shared/ids.ts';
import { logger } from '../../shared/logger.ts';
import { placeOrder } from '../../shared/ordering/place-order.ts';
import { toVideoStatus } from '../../shared/ordering/video-object.ts';
import type { TaskView } from '../../shared/storage/task-store.ts';
import type { AccountRequest, ApiDependencies } from './api-dependencies.ts';
import { readOrder } from './read-order.ts';
import { videoAnswer } from './video-answer.ts';

/** POST /v1/videos: accepts an order and answers at once. */
export async function createVideo(
  { event, account, keyId }: AccountRequest,
  api: ApiDependencies,
): Promise<HttpAnswer> {
  const parsed = await readOrder(event);
  const idempotencyKey = getIdempotencyKey(event);
  const retryCount = getRetryCount(event);
  const order = {
    account,
    keyId,
    parsed,
    ...(idempotencyKey !== undefined && { idempotencyKey }),
    ...(retryCount !== undefined && { retryCount }),
  };
  return acceptedAnswer(await placeOrder(order, api), api);
}

/** An order that was accepted is never answered as an error, or it would be sent again. */
function acceptedAnswer(view: TaskView, api: ApiDependencies): HttpAnswer {
  try {
    return videoAnswer(view, api);
  } catch (error) {
    const { id, model, state } = view.task;
    logger.error('An accepted order could not be shown', { taskId: id, error });
    return jsonAnswer(200, { id: toVideoId(id), object: 'video', model, status: toVideoStatus(state) });
  }
}
