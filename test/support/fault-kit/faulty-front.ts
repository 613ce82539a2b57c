import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { startHttpServer } from '../../../infra/local/http-server.ts';
import type { LocalServer } from '../../../infra/local/local-server.ts';
import type { ApiCall, ApiResponse } from '../http-events.ts';
import type { Mishap } from './mishaps.ts';

/** Names the call of a client that a request belongs to. The gateway does not see it. */
export const callerHeader = 'x-caller';

export interface SentRequest {
  /** Empty for one that nobody named. */
  readonly caller: string;
  /** 0 for the first request of a call, as OpenAI's clients count. */
  readonly retryCount: number;
}

interface FaultyFrontOptions {
  /** Hands a request to the gateway. */
  deliver(call: ApiCall): Promise<ApiResponse>;
  mishapOf(sent: SentRequest): Mishap;
  /** Awaited before the client learns anything. */
  beforeAnswer(sent: SentRequest): Promise<void>;
}

/** An answer of the gateway, whether or not its client ever saw it. */
export interface Delivery extends SentRequest {
  readonly answer: ApiResponse;
}

/**
 * Serves a gateway over sockets, as badly as a network and what stands in it can. The requests of one caller are
 * delivered one after the other: only what is late is overtaken.
 */
export interface FaultyFront extends LocalServer {
  /** In the order in which the gateway answered. */
  readonly deliveries: readonly Delivery[];
  /** The caller sends no more: what was held back of it is delivered now. */
  endCall(caller: string): Promise<void>;
}

export async function startFaultyFront(options: FaultyFrontOptions): Promise<FaultyFront> {
  const deliveries: Delivery[] = [];
  const heldBack = new Map<string, (() => Promise<ApiResponse>)[]>();
  const endCall = async (caller: string) => {
    const late = heldBack.get(caller)?.splice(0) ?? [];
    for (const deliver of late.reverse()) await deliver();
  };
  const carry = async (sent: SentRequest, request: IncomingMessage): Promise<Exchange> => {
    const call = await readCall(request);
    // Its client hung up before the request was whole.
    if (call === undefined) return { kind: 'broken' };
    const deliver = async () => {
      const answer = await options.deliver(call);
      deliveries.push({ ...sent, answer });
      return answer;
    };
    const mishap = options.mishapOf(sent);
    const exchange = await suffer(mishap, deliver);
    if (mishap.kind === 'late') heldBack.set(sent.caller, [...(heldBack.get(sent.caller) ?? []), deliver]);
    else await endCall(sent.caller);
    return exchange;
  };
  const turns = new Map<string, Promise<Exchange>>();
  const server = await startHttpServer(async (request, response) => {
    const sent = readSender(request);
    const before = sent.caller === '' ? undefined : turns.get(sent.caller);
    const turn = Promise.resolve(before).then(() => carry(sent, request));
    turns.set(sent.caller, turn);
    const exchange = await turn;
    await options.beforeAnswer(sent);
    finish(exchange, response);
  });
  return { ...server, deliveries, endCall };
}

function readSender({ headers }: IncomingMessage): SentRequest {
  const caller = String(headers[callerHeader] ?? '');
  return { caller, retryCount: Number(headers['x-stainless-retry-count'] ?? 0) };
}

/** Absent when it breaks off. */
async function readCall(request: IncomingMessage): Promise<ApiCall | undefined> {
  const { [callerHeader]: _, ...given } = request.headers;
  const headers = Object.entries(given).map(([name, value]) => [name, String(value)]);
  const { method = 'GET', url: path = '/' } = request;
  try {
    const body = new Uint8Array(await buffer(request));
    return { method, path, headers: Object.fromEntries(headers), ...(body.length > 0 && { body }) };
  } catch {
    return undefined;
  }
}

/** What the client sees of a request. */
type Exchange =
  | { readonly kind: 'answered' | 'torn'; readonly answer: ApiResponse }
  | { readonly kind: 'broken' }
  | { readonly kind: 'silence' };

async function suffer(mishap: Mishap, deliver: () => Promise<ApiResponse>): Promise<Exchange> {
  switch (mishap.kind) {
    case 'none':
      return { kind: 'answered', answer: await deliver() };
    case 'lost':
    case 'late':
      return { kind: 'broken' };
    case 'turned_away':
      return { kind: 'answered', answer: answerOfAnother(mishap.status) };
    case 'swallowed':
      return { kind: 'silence' };
    case 'answer_lost':
      await deliver();
      return { kind: 'broken' };
    case 'answer_torn':
      return { kind: 'torn', answer: await deliver() };
    case 'answer_replaced':
      await deliver();
      return { kind: 'answered', answer: answerOfAnother(mishap.status) };
    case 'answer_swallowed':
      await deliver();
      return { kind: 'silence' };
    case 'twice': {
      const [, answer] = await Promise.all([deliver(), deliver()]);
      return { kind: 'answered', answer };
    }
  }
}

/** It asks for a repeat soon: without that, OpenAI's clients wait half a second and more. */
function answerOfAnother(status: number): ApiResponse {
  const headers = { 'content-type': 'text/html', 'retry-after-ms': '20' };
  return { status, headers, body: '<html><body>Something went wrong on the way</body></html>' };
}

/** No server keeps a connection for ever; and Node's fetch was seen to miss the time-out of its client. */
const longestSilenceMs = 3000;

function finish(exchange: Exchange, response: ServerResponse): void {
  if (exchange.kind === 'silence') {
    setTimeout(() => response.destroy(), longestSilenceMs).unref();
    return;
  }
  if (exchange.kind === 'broken') {
    response.destroy();
    return;
  }
  const { status, headers, body } = exchange.answer;
  const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  response.writeHead(status, { ...headers, 'content-length': bytes.length });
  if (exchange.kind === 'answered') response.end(bytes);
  else response.write(bytes.subarray(0, bytes.length / 2), () => response.destroy());
}
