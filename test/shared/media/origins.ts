import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { createServer } from 'node:https';
import { onTestFinished } from 'vitest';
import { startHttpServer } from '../../../infra/local/http-server.ts';
import { certificate, privateKey } from './origin-certificate.ts';

/** An http origin on loopback that lives as long as the test. */
export async function startOrigin(listener: RequestListener): Promise<string> {
  const server = await startHttpServer(listener);
  onTestFinished(() => server.close());
  return server.url;
}

/** The port of an https origin on loopback that presents the certificate of public.test. */
export async function startTlsOrigin(listener: RequestListener, onConnection?: () => void): Promise<number> {
  const server = createServer({ cert: certificate, key: privateKey }, listener);
  if (onConnection !== undefined) server.on('connection', onConnection);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port');
  return address.port;
}
