import type { IncomingMessage, ServerResponse } from 'node:http';
import { startHttpServer } from '../http-server.ts';
import { requestTooLarge } from '../lambda-runtime/lambda-runtime.ts';
import type { LocalServer } from '../local-server.ts';
import type { FunctionOutcome } from '../state-machine/run.ts';
import type { HttpRoute } from '../template/read-http-routes.ts';
import type { TimerClock } from '../timer-clock.ts';
import {
  type HttpAnswer,
  internalServerError,
  noRoute,
  requestTooLargeAnswer,
  toHttpAnswer,
} from './http-answer.ts';
import { toHttpEvent } from './http-event.ts';
import { createRouteMatcher } from './match-route.ts';
import { readBody } from './read-body.ts';

interface HttpFrontOptions {
  readonly routes: readonly HttpRoute[];
  invoke(functionArn: string, event: unknown): Promise<FunctionOutcome>;
  /** 0 takes any free port. */
  readonly port: number;
  readonly clock: TimerClock;
}

/** Plays API Gateway's HTTP API in front of the functions, on loopback. Rejects when the port is taken. */
export function startHttpFront(options: HttpFrontOptions): Promise<LocalServer> {
  const answerOf = createAnswerer(options);
  return startHttpServer(async (message, response) => {
    try {
      send(response, await answerOf(message), message.method === 'HEAD');
    } catch (error) {
      // The client broke off, or a part of the gateway did: nobody is left to tell but the log.
      if (!message.destroyed) console.error(error);
      response.destroy();
    }
  }, options.port);
}

function createAnswerer({ routes, invoke, clock }: HttpFrontOptions) {
  const match = createRouteMatcher(routes);
  return async (message: IncomingMessage): Promise<HttpAnswer> => {
    const receivedAt = clock.now();
    const body = await readBody(message);
    if (body === undefined) return requestTooLargeAnswer;
    const [path = '', ...queries] = (message.url ?? '').split('?');
    const found = match(message.method ?? 'GET', path);
    if (found === undefined) return noRoute;
    const event = toHttpEvent({ message, path, query: queries.join('?'), body, receivedAt }, found);
    const outcome = await invoke(found.route.functionArn, event);
    if (outcome.kind === 'returned') return toHttpAnswer(outcome.payload);
    return outcome.errorType === requestTooLarge ? requestTooLargeAnswer : internalServerError;
  };
}

function send(response: ServerResponse, { status, headers, body }: HttpAnswer, isHead: boolean): void {
  const length = Buffer.byteLength(body);
  const isBodiless = status === 204 || status === 304;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  if (!isBodiless) response.setHeader('content-length', length);
  // A body that was not read to its end would be taken for the next request.
  if (!response.req.complete) response.setHeader('connection', 'close');
  response.writeHead(status).end(isHead || isBodiless ? undefined : body);
}
