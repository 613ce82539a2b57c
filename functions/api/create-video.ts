import type { HttpAnswer } from '../../shared/http/http-event.ts';
import { placeOrder } from '../../shared/ordering/place-order.ts';
import { acceptedAnswer } from './accepted-answer.ts';
import type { AccountRequest, ApiDependencies } from './api-dependencies.ts';
import { readOrder } from './read-order.ts';
import { readRepeatMarks } from './repeat-marks.ts';

/** POST /v1/videos: accepts an order and answers at once. */
export async function createVideo(
  { event, account, keyId, isKeyCounted }: AccountRequest,
  api: ApiDependencies,
): Promise<HttpAnswer> {
  const parsed = await readOrder(event);
  const order = { account, keyId, isKeyCounted, parsed, ...readRepeatMarks(event) };
  return acceptedAnswer(await placeOrder(order, api), api);
}
