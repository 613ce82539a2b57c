import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { LocalServer } from './local-server.ts';

// Longer than clients keep their connections: Node's 5 s would reset a request that is just being sent.
const keepAliveMs = 75_000;

/** Serves `listener` on loopback; `port` 0 takes any free one. Rejects when the port is taken. */
export async function startHttpServer(listener: RequestListener, port = 0): Promise<LocalServer> {
  const server = createServer({ keepAliveTimeout: keepAliveMs }, listener);
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
