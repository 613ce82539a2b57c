import { once } from 'node:events';
import { createServer } from 'node:net';

/** The port of `rememberedUrl` when it is free, else 0: addresses stay valid over a restart where possible. */
export async function rememberedPort(rememberedUrl: string | undefined): Promise<number> {
  if (rememberedUrl === undefined) return 0;
  const port = Number(new URL(rememberedUrl).port);
  const probe = createServer().listen(port, '127.0.0.1');
  try {
    await once(probe, 'listening');
  } catch {
    return 0;
  }
  const closed = once(probe, 'close');
  probe.close();
  await closed;
  return port;
}
