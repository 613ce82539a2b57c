import type { IncomingMessage } from 'node:http';

/** API Gateway's own limit of a body. */
const maxBodyBytes = 10 * 1024 * 1024;
/** What is read and thrown away, so that a client that only sends can finish and read the answer. */
const maxDiscardedBytes = 256 * 1024 * 1024;

/** The whole body; absent when it is larger than API Gateway takes. Rejects when the client breaks off. */
export async function readBody(message: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of message.iterator({ destroyOnReturn: false })) {
    bytes += chunk.length;
    if (bytes <= maxBodyBytes) chunks.push(chunk);
    else chunks.length = 0;
    if (bytes > maxDiscardedBytes) break;
  }
  return bytes > maxBodyBytes ? undefined : Buffer.concat(chunks);
}
