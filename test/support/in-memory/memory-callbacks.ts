import { toCallbackAnswer } from '../../../functions/callback/callback-answer.ts';
import type { CallbackPath, CallbackReceipt } from '../../../functions/callback/receive-callback.ts';
import type { CallbackMessage } from '../../../shared/providers/provider.ts';
import { type Activity, awaitAtRest } from '../activity.ts';
import { getCallbackPath } from '../in-process-callbacks.ts';

/** A callback on its way to the gateway. */
export interface CallbackDelivery {
  readonly path: CallbackPath;
  readonly message: CallbackMessage;
}

/**
 * Hands every fetch of this process to the gateway at `origin`, until the returned function is called: simulated
 * providers call back by fetch, and nothing else here does.
 */
export function catchCallbacks(
  origin: string,
  activity: Activity,
  receive: (delivery: CallbackDelivery) => Promise<CallbackReceipt>,
): () => void {
  const original = globalThis.fetch;
  globalThis.fetch = (...given) => {
    const request = new Request(...given);
    if (new URL(request.url).origin !== origin) return original(request);
    const receiveAtRest = (delivery: CallbackDelivery) => awaitAtRest(activity, () => receive(delivery));
    return activity.track(answerCallback(request, receiveAtRest));
  };
  return () => {
    globalThis.fetch = original;
  };
}

async function answerCallback(
  request: Request,
  receive: (delivery: CallbackDelivery) => Promise<CallbackReceipt>,
): Promise<Response> {
  const path = getCallbackPath(new URL(request.url).pathname);
  const message = { headers: Object.fromEntries(request.headers), body: await request.text() };
  const receipt = path === undefined ? { kind: 'unknown' as const } : await receive({ path, message });
  const { statusCode: status, headers, body } = toCallbackAnswer(receipt);
  return new Response(body, { status, headers });
}
