import { quoted } from '../../shared/domain/shown-text.ts';
import { ConchError } from '../../shared/errors.ts';
import type { HttpAnswer, HttpEvent } from '../../shared/http/http-event.ts';
import { getIdempotencyKey } from '../../shared/http/idempotency-key.ts';
import { mediaType, readJson } from '../../shared/http/request-body.ts';
import { parseOrder } from '../../shared/ordering/parse-order.ts';
import { placeOrder } from '../../shared/ordering/place-order.ts';
import type { AccountRequest, ApiDependencies } from './api-dependencies.ts';
import { readOrderForm } from './read-order-form.ts';
import { videoAnswer } from './video-answer.ts';

/** POST /v1/videos: accepts an order and answers at once. */
export async function createVideo(
  { event, account }: AccountRequest,
  api: ApiDependencies,
): Promise<HttpAnswer> {
  const parsed = parseOrder(await readBody(event));
  const idempotencyKey = getIdempotencyKey(event);
  const order = { account, parsed, ...(idempotencyKey !== undefined && { idempotencyKey }) };
  return videoAnswer(await placeOrder(order, api), api);
}

async function readBody(event: HttpEvent): Promise<unknown> {
  switch (mediaType(event)) {
    case 'application/json':
      return readJson(event);
    case 'multipart/form-data':
      return readOrderForm(event);
    default: {
      const allowed = 'allowed are application/json and multipart/form-data';
      const message = `The content type is ${quoted(mediaType(event))}; ${allowed}`;
      throw new ConchError('unsupported_media_type', message);
    }
  }
}
