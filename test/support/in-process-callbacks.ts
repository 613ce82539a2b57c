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
    const path = callbackPathSchema.safeParse(route.exec(request.url ?? '')?.groups);
    const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)]);
    const message = { headers: Object.fromEntries(headers), body: await text(request) };
    const receipt: CallbackReceipt = path.success ? await receive(path.data, message) : { kind: 'unknown' };
    const answer = toCallbackAnswer(receipt);
    response.writeHead(answer.statusCode, answer.headers).end(answer.body);
  });
}
