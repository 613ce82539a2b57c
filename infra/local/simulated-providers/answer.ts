import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';

/** What the server does with a request. */
export type Answer =
  | {
      readonly kind: 'json';
      readonly status: number;
      readonly body: unknown;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'html'; readonly status: number }
  | { readonly kind: 'video'; readonly path: string; readonly isTruncated: boolean }
  | { readonly kind: 'hang' }
  | { readonly kind: 'drop' };

const errorPage = '<!doctype html><html><body><h1>The gateway is having a bad day</h1></body></html>';

export async function sendAnswer(
  answer: Answer,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  switch (answer.kind) {
    case 'json':
      response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers });
      response.end(JSON.stringify(answer.body));
      return;
    case 'html':
      response.writeHead(answer.status, { 'content-type': 'text/html; charset=utf-8' }).end(errorPage);
      return;
    case 'video':
      return sendVideo(answer, request, response);
    case 'hang':
      return;
    case 'drop':
      request.socket.destroy();
      return;
  }
}

interface Slice {
  readonly start: number;
  /** Inclusive. */
  readonly end: number;
}

async function sendVideo(
  { path, isTruncated }: Extract<Answer, { kind: 'video' }>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { size } = await stat(path);
  const slice = toSlice(request.headers.range, size);
  if (slice === 'unsatisfiable') {
    response.writeHead(416, { 'content-range': `bytes */${size}` }).end();
    return;
  }
  const { start, end } = slice ?? { start: 0, end: size - 1 };
  response.writeHead(slice === undefined ? 200 : 206, {
    'content-type': 'video/mp4',
    'content-length': end - start + 1,
    'accept-ranges': 'bytes',
    ...(slice === undefined ? {} : { 'content-range': `bytes ${start}-${end}/${size}` }),
  });
  if (request.method === 'HEAD') response.end();
  else if (isTruncated) await sendHalf(path, { start, end }, response);
  else await pipeline(createReadStream(path, { start, end }), response);
}

async function sendHalf(path: string, { start, end }: Slice, response: ServerResponse): Promise<void> {
  const half = { start, end: start + Math.floor((end - start) / 2) };
  await pipeline(createReadStream(path, half), response, { end: false });
  // Wait until the half has left, else it dies with the socket.
  response.write('', () => response.destroy());
}

/** The bytes that a Range header asks for; absent when it asks for none, or for several parts. */
function toSlice(range: string | undefined, size: number): Slice | 'unsatisfiable' | undefined {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(range ?? '') ?? [];
  if (first === '' && last === '') return undefined;
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(size - 1, Number(last));
  return start > end ? 'unsatisfiable' : { start, end };
}
