import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { LocalServer } from '../../infra/local/local-server.ts';

/** An answer, or what happens instead of one. `truncate` promises more bytes than it sends, `echo` sends back what came. */
export type Reply =
  | { readonly status?: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: unknown }
  | 'echo'
  | 'reset'
  | 'hang'
  | 'truncate';

interface RecordedRequest {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** A server that gives the queued replies in order and records what it was asked. */
export interface ScriptedUpstream extends LocalServer {
  readonly requests: readonly RecordedRequest[];
  /** Queues replies. A body that is no string is sent as JSON. */
  reply(...replies: readonly Reply[]): void;
  /** Resolves when the next request has arrived completely, before it is answered. */
  nextRequest(): Promise<void>;
}

export async function startScriptedUpstream(): Promise<ScriptedUpstream> {
  const requests: RecordedRequest[] = [];
  const queue: Reply[] = [];
  const arrivals = new EventTarget();
  const server = createServer(async (request, response) => {
    const recorded = await record(request);
    requests.push(recorded);
    arrivals.dispatchEvent(new Event('request'));
    const reply = queue.shift() ?? { status: 418, body: 'no reply is scripted' };
    give(reply === 'echo' ? { body: recorded.body } : reply, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    requests,
    reply: (...replies) => void queue.push(...replies),
    nextRequest: () => once(arrivals, 'request').then(() => undefined),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function record(request: IncomingMessage): Promise<RecordedRequest> {
  const { method, url: path, headers } = request;
  return { method, path, headers, body: await text(request) };
}

function give(reply: Exclude<Reply, 'echo'>, response: ServerResponse): void {
  if (reply === 'hang') return;
  if (reply === 'reset') {
    response.socket?.resetAndDestroy();
  } else if (reply === 'truncate') {
    response.writeHead(200, { 'content-length': '1000' });
    response.write('{"half":', () => response.socket?.destroy());
  } else {
    const body = typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body ?? {});
    response
      .writeHead(reply.status ?? 200, { 'content-type': 'application/json', ...reply.headers })
      .end(body);
  }
}
