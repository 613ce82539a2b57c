import { copyFile } from 'node:fs/promises';
import { systemTimerClock } from '../timer-clock.ts';
import type { StoredObject } from './object-store.ts';
import { requireObject } from './read-object.ts';
import { receiveBody } from './receive-body.ts';
import { S3Error } from './s3-error.ts';
import type { S3Bucket, S3Operation, S3Request } from './s3-operation.ts';
import { element, textElement } from './xml.ts';

const keptHeaders = ['cache-control', 'content-disposition', 'content-language', 'content-type', 'expires'];

export const putObject: S3Operation = async (bucket, request) => {
  const content = bucket.objects.newContent();
  const { size, md5 } = await receiveBody(request, bucket.objects.contentPath(content));
  const headers = headersToKeep(request.headers);
  placeObject(bucket, request, { key: request.key, size, etag: md5, headers, content });
  return { status: 200, headers: { etag: `"${md5}"` } };
};

export const copyObject: S3Operation = async (bucket, request) => {
  const source = requireObject(bucket.objects, toSourceKey(bucket, request));
  const content = bucket.objects.newContent();
  await copyFile(bucket.objects.contentPath(source.content), bucket.objects.contentPath(content));
  const isReplaced = request.headers.get('x-amz-metadata-directive') === 'REPLACE';
  const headers = isReplaced ? headersToKeep(request.headers) : source.headers;
  const { modifiedAt } = placeObject(bucket, request, { ...source, key: request.key, headers, content });
  const result = [textElement('LastModified', modifiedAt), textElement('ETag', `"${source.etag}"`)];
  return { status: 200, xml: element('CopyObjectResult', result) };
};

/** The headers of a write that every reader of the object gets back. */
export function headersToKeep(headers: Headers): Record<string, string> {
  const isKept = (name: string) => keptHeaders.includes(name) || name.startsWith('x-amz-meta-');
  const encoding = (headers.get('content-encoding') ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '' && part !== 'aws-chunked')
    .join(', ');
  return {
    'content-type': 'binary/octet-stream',
    ...Object.fromEntries([...headers].filter(([name]) => isKept(name))),
    ...(encoding === '' ? {} : { 'content-encoding': encoding }),
  };
}

/** Makes the object visible and tells of it; honours `If-None-Match: *`. */
export function placeObject(
  bucket: S3Bucket,
  request: S3Request,
  object: Omit<StoredObject, 'modifiedAt'>,
): StoredObject {
  if (request.headers.get('if-none-match') === '*' && bucket.objects.find(object.key) !== undefined) {
    bucket.objects.discard(object.content);
    throw new S3Error('PreconditionFailed', 'An object of this key exists');
  }
  const placed = { ...object, modifiedAt: systemTimerClock.now().toISOString() };
  bucket.objects.place(placed);
  bucket.onObjectCreated({ bucket: bucket.name, key: placed.key, size: placed.size, etag: placed.etag });
  return placed;
}

function toSourceKey(bucket: S3Bucket, { headers }: S3Request): string {
  const source = decodeURIComponent(headers.get('x-amz-copy-source') ?? '').replace(/^\//, '');
  if (!source.startsWith(`${bucket.name}/`)) {
    throw new S3Error('NoSuchBucket', 'The copy source is in no bucket that exists here');
  }
  return source.slice(bucket.name.length + 1).replace(/\?versionId=.*$/, '');
}
