import type { IncomingMessage } from 'node:http';
import { type Readable, Transform } from 'node:stream';
import { ResponseTooLargeError } from '../errors.ts';
import { type Fetching, toFetchError } from './fetch-error.ts';

/**
 * The body of `response`, counted while it streams. It fails when it grows above the limit, when it is cut off
 * and when the deadline passes; however it ends, the connection is closed.
 */
export function limitBody(response: IncomingMessage, fetching: Fetching): Readable {
  const tooLarge = () => {
    const limit = `${fetching.limits.maxBytes} bytes`;
    return new ResponseTooLargeError(
      `${fetching.url.hostname} sends more than the ${limit} that are allowed`,
    );
  };
  if (Number(response.headers['content-length']) > fetching.limits.maxBytes) {
    response.destroy();
    throw tooLarge();
  }
  const body = countingStream(fetching.limits.maxBytes, tooLarge);
  const fail = (cause: unknown) => body.destroy(toFetchError(cause, fetching));
  fetching.deadline.addEventListener('abort', fail, { once: true });
  response.once('error', fail);
  body.once('close', () => {
    fetching.deadline.removeEventListener('abort', fail);
    response.destroy();
  });
  // A failure before anybody reads is kept for the reader; without a listener it would end the process.
  body.on('error', () => undefined);
  return response.pipe(body);
}

function countingStream(maxBytes: number, tooLarge: () => Error): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes > maxBytes) done(tooLarge());
      else done(null, chunk);
    },
  });
}
