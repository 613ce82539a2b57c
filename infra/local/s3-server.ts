import { createReadStream } from 'node:fs';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { startHttpServer } from './http-server.ts';
import type { LocalServer } from './local-server.ts';
import { openObjectStore } from './s3/object-store.ts';
import { requireOperation } from './s3/require-operation.ts';
import { S3Error } from './s3/s3-error.ts';
import type { ObjectCreated, S3Answer, S3Bucket, S3Request } from './s3/s3-operation.ts';
import { verifySignature } from './s3/signature.ts';
import { element, textElement, xmlDocument } from './s3/xml.ts';
import { systemTimerClock } from './timer-clock.ts';

interface S3ServerOptions {
  readonly dataDirectory: string;
  /** The one bucket; it is there from the start. */
  readonly bucket: string;
  readonly port?: number;
  /** Called once for each finished write: PUT, copy, completed multipart upload. */
  onObjectCreated(object: ObjectCreated): void;
}

/**
 * S3 for one machine and one bucket, path style, signed with the keys `local` / `local`: what the SDK, its
 * presigner, lib-storage and the AWS CLI ask of it. Anything else is answered 501.
 */
export async function startS3Server(options: S3ServerOptions): Promise<LocalServer> {
  return startHttpServer(await createS3Listener(options), options.port);
}

/** What the server serves. */
export async function createS3Listener(options: Omit<S3ServerOptions, 'port'>): Promise<RequestListener> {
  const bucket: S3Bucket = {
    name: options.bucket,
    objects: await openObjectStore(options.dataDirectory),
    uploadsDirectory: join(options.dataDirectory, 'uploads'),
    onObjectCreated: (object) => options.onObjectCreated(object),
  };
  return async (message, response) => {
    const answer = await serve(bucket, message).catch(toErrorAnswer);
    // An unread body would keep the connection from being used again.
    message.resume();
    await send(answer, message, response).catch(() => response.destroy());
  };
}

async function serve(bucket: S3Bucket, message: IncomingMessage): Promise<S3Answer> {
  const request = toRequest(message);
  verifySignature(request, systemTimerClock.now());
  if (request.bucket !== '' && request.bucket !== bucket.name) {
    throw new S3Error('NoSuchBucket', 'The specified bucket does not exist');
  }
  return requireOperation(request)(bucket, request);
}

function toRequest(message: IncomingMessage): S3Request {
  const [path = '', search = ''] = (message.url ?? '').split('?', 2);
  const [, bucket = '', ...key] = path.split('/');
  const headers = Object.entries(message.headersDistinct).map(([name, values = []]): [string, string] => [
    name,
    values.join(','),
  ]);
  return {
    method: message.method ?? '',
    path,
    bucket: decodeURIComponent(bucket),
    key: decodeURIComponent(key.join('/')),
    query: new URLSearchParams(search),
    headers: new Headers(headers),
    body: message,
  };
}

function toErrorAnswer(error: unknown): S3Answer {
  if (!(error instanceof S3Error)) console.error('The embedded S3 failed', error);
  const known = error instanceof S3Error ? error : undefined;
  const texts = [
    textElement('Code', known?.code ?? 'InternalError'),
    textElement('Message', known?.message ?? 'The embedded S3 failed'),
  ];
  return { status: known?.status ?? 500, xml: element('Error', texts) };
}

async function send(answer: S3Answer, message: IncomingMessage, response: ServerResponse): Promise<void> {
  const xml = answer.xml === undefined ? undefined : xmlDocument(answer.xml);
  response.writeHead(answer.status, {
    ...answer.headers,
    ...(xml === undefined ? {} : { 'content-type': 'application/xml' }),
  });
  if (answer.file === undefined) {
    response.end(message.method === 'HEAD' ? undefined : xml);
    return;
  }
  const { path, start, end } = answer.file;
  await pipeline(createReadStream(path, { start, end, highWaterMark: 256 * 1024 }), response);
}
