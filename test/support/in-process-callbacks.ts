import { text } from 'node:stream/consumers';
import { toCallbackAnswer } from '../../functions/callback/callback-answer.ts';
import {
  type CallbackPath,
  type CallbackReceipt,
  callbackPathSchema,
} from '../../functions/callback/receive-callback.ts';
import { startHttpServer } from '../../infra/local/http-server.ts';
import type { LocalServer } from '../../infra/local/local-server.ts';
import type { CallbackMessage } from '../../shared/providers/provider.ts';

const route = /^\/callbacks\/(?<provider>[^/]+)\/(?<taskId>[^/]+)\/(?<attempt>[^/]+)\/(?<secret>[^/]+)$/;

/** Serves `POST /callbacks/{provider}/{taskId}/{attempt}/{secret}`, as API Gateway and the handler would. */
export function startCallbackServer(
  receive: (path: CallbackPath, message: CallbackMessage) => Promise<CallbackReceipt>,
): Promise<LocalServer> {
  return startHttpServer(async (request, response) => {
    const path = getCallbackPath(request.url ?? '');
    const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)]);
    const message = { headers: Object.fromEntries(headers), body: await text(request) };
    const receipt: CallbackReceipt = path === undefined ? { kind: 'unknown' } : await receive(path, message);
    const answer = toCallbackAnswer(receipt);
    response.writeHead(answer.statusCode, answer.headers).end(answer.body);
  });
}

/** What the path of a callback says; absent when it is another's. */
export function getCallbackPath(path: string): CallbackPath | undefined {
  return callbackPathSchema.safeParse(route.exec(path)?.groups).data;
}
