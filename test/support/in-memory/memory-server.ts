import { createServer, type IncomingMessage, type RequestListener, request as send } from 'node:http';
import { duplexPair, type Readable } from 'node:stream';

interface MemoryRequest {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | Readable | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** An HTTP server that no other process can reach: HTTP as on the wire, but each connection is a pipe in memory. */
export interface MemoryServer {
  /** Rejects when the connection breaks before an answer comes. */
  request(request: MemoryRequest): Promise<IncomingMessage>;
}

export function createMemoryServer(listener: RequestListener): MemoryServer {
  const server = createServer(listener);
  return {
    request({ method, path, headers, body, signal }) {
      const [own, theirs] = duplexPair();
      server.emit('connection', theirs);
      return new Promise((resolve, reject) => {
        const options = { method, path, headers, host: 'memory', createConnection: () => own };
        const outgoing = send({ ...options, ...(signal !== undefined && { signal }) }, resolve);
        outgoing.once('error', reject);
        if (body === undefined || typeof body === 'string' || body instanceof Uint8Array) outgoing.end(body);
        else body.pipe(outgoing);
      });
    },
  };
}
