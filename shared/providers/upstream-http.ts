import * as http from 'node:http';
import * as https from 'node:https';
import * as net from 'node:net';
import * as tls from 'node:tls';

/** A request to a provider. The adapter adds the credentials; redirects are never followed. */
interface UpstreamRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly signal: AbortSignal;
}

/**
 * What came of a request. `not_sent` is proven: no byte of it left (DNS, refused connection, connect
 * time-out, TLS). `lost` is everything else without a complete answer.
 */
export type UpstreamAnswer =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly text: string;
    }
  | { readonly kind: 'not_sent'; readonly message: string }
  | { readonly kind: 'lost'; readonly message: string };

export type UpstreamHttp = (request: UpstreamRequest) => Promise<UpstreamAnswer>;

const maxAnswerBytes = 2 * 1024 * 1024;

/**
 * The HTTP client of the adapters. Never throws for what the network does. Each request has a connection of
 * its own: a socket that went stale while the function was frozen would make a create ambiguous. Only a
 * socket that is ready, certificate checked, is given the request: so a failure before that is `not_sent`.
 */
export function createUpstreamHttp({ connectTimeoutSeconds = 5 } = {}): UpstreamHttp {
  return async (request) => {
    const url = new URL(request.url);
    const message = serialize(request);
    let socket: net.Socket;
    try {
      for (const [name, value] of Object.entries(message.headers)) http.validateHeaderValue(name, value);
      const timeout = AbortSignal.timeout(connectTimeoutSeconds * 1000);
      socket = await connect(url, AbortSignal.any([request.signal, timeout]));
    } catch (cause) {
      return { kind: 'not_sent', message: `Could not connect to ${url.host}: ${reasonOf(cause)}` };
    }
    try {
      return await exchange(socket, request, message);
    } catch (cause) {
      return { kind: 'lost', message: `No complete answer from ${url.host}: ${reasonOf(cause)}` };
    } finally {
      socket.destroy();
    }
  };
}

/** The client with its usual connect time-out of 5 s. */
export const upstreamHttp: UpstreamHttp = createUpstreamHttp();

interface SerializedMessage {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

function serialize(request: UpstreamRequest): SerializedMessage {
  const headers = { Accept: 'application/json', 'User-Agent': 'conch/0.1', ...request.headers };
  if (request.body === undefined) return { headers, body: undefined };
  const body = JSON.stringify(request.body);
  const length = Buffer.byteLength(body).toString();
  return { headers: { ...headers, 'Content-Type': 'application/json', 'Content-Length': length }, body };
}

/** A socket that is ready to be written to; for https only after the certificate was accepted. */
function connect(url: URL, signal: AbortSignal): Promise<net.Socket> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const isTls = url.protocol === 'https:';
    const host = url.hostname.replace(/^\[|\]$/g, '');
    const port = Number(url.port || (isTls ? 443 : 80));
    const serverName = net.isIP(host) === 0 ? { servername: host } : {};
    const socket = isTls ? tls.connect({ host, port, ...serverName }) : net.connect({ host, port });
    const abort = () => socket.destroy(new Error('the time is up', { cause: signal.reason }));
    signal.addEventListener('abort', abort, { once: true });
    socket.on('error', reject);
    socket.once('close', () => reject(new Error('the connection was closed')));
    socket.once(isTls ? 'secureConnect' : 'connect', () => {
      signal.removeEventListener('abort', abort);
      resolve(socket);
    });
  });
}

async function exchange(
  socket: net.Socket,
  request: UpstreamRequest,
  { headers, body }: SerializedMessage,
): Promise<UpstreamAnswer> {
  const { method, url, signal } = request;
  const send = url.startsWith('https:') ? https.request : http.request;
  const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
    const outgoing = send(url, { method, headers, signal, createConnection: () => socket });
    outgoing.once('response', resolve);
    outgoing.on('error', reject);
    outgoing.end(body);
  });
  const text = await readText(response);
  return { kind: 'answered', status: response.statusCode ?? 0, headers: flatten(response.headers), text };
}

async function readText(response: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response) {
    const buffer = Buffer.from(chunk);
    bytes += buffer.length;
    if (bytes > maxAnswerBytes) throw new Error(`the answer is longer than ${maxAnswerBytes} bytes`);
    chunks.push(buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function flatten(headers: http.IncomingHttpHeaders): Record<string, string> {
  const pairs = Object.entries(headers).map(([name, value]) => [name, [value].flat().join(', ')]);
  return Object.fromEntries(pairs);
}

/** An error's own words; those of network errors name hosts and ports, never paths or headers. */
function reasonOf(cause: unknown): string {
  if (cause instanceof AggregateError) return cause.errors.map(reasonOf).join('; ');
  return cause instanceof Error ? cause.message : 'an unknown error';
}
