import { text } from 'node:stream/consumers';
import { localRegion } from '../template/resource-identities.ts';
import { listObjects } from './list-objects.ts';
import { abortUpload, completeUpload, createUpload, uploadPart } from './multipart-operations.ts';
import { readObject, requireMatch, requireObject } from './read-object.ts';
import { S3Error } from './s3-error.ts';
import type { S3Operation, S3Request } from './s3-operation.ts';
import { copyObject, putObject } from './write-object.ts';
import { element, readTexts, textElement } from './xml.ts';

/** The AWS CLI wants one; nothing here depends on it. */
const creationDate = '2026-01-01T00:00:00.000Z';

const listBuckets: S3Operation = async ({ name }) => ({
  status: 200,
  xml: element('ListAllMyBucketsResult', [
    element('Buckets', [
      element('Bucket', [textElement('Name', name), textElement('CreationDate', creationDate)]),
    ]),
  ]),
});

const headBucket: S3Operation = async () => ({
  status: 200,
  headers: { 'x-amz-bucket-region': localRegion },
});

const deleteObject: S3Operation = async ({ objects }, { key, headers }) => {
  if (headers.has('if-match')) requireMatch(requireObject(objects, key), headers);
  objects.remove(key);
  return { status: 204 };
};

const deleteObjects: S3Operation = async ({ objects }, { body }) => {
  const keys = readTexts(await text(body), 'Key');
  for (const key of keys) objects.remove(key);
  const deleted = keys.map((key) => element('Deleted', [textElement('Key', key)]));
  return { status: 200, xml: element('DeleteResult', deleted) };
};

const operations: Readonly<Record<string, S3Operation>> = {
  'GET service': listBuckets,
  'HEAD bucket': headBucket,
  'GET bucket?list-type': listObjects,
  'POST bucket?delete': deleteObjects,
  'GET object': readObject,
  'HEAD object': readObject,
  'PUT object': putObject,
  'PUT object?copy': copyObject,
  'DELETE object': deleteObject,
  'POST object?uploads': createUpload,
  'PUT object?uploadId': uploadPart,
  'POST object?uploadId': completeUpload,
  'DELETE object?uploadId': abortUpload,
};

/** Throws NotImplemented for what nothing here asks of S3. */
export function requireOperation(request: S3Request): S3Operation {
  const target = request.bucket === '' ? 'service' : request.key === '' ? 'bucket' : 'object';
  const name = `${request.method} ${target}${toSubresource(request)}`;
  const operation = operations[name];
  if (operation === undefined) throw new S3Error('NotImplemented', `The embedded S3 has no ${name}`);
  return operation;
}

/** S3 names its subresources by query parameters without a value, but for these two. */
function toSubresource({ query, headers }: S3Request): string {
  const valued = ['list-type', 'uploadId'].find((name) => query.has(name));
  const bare = [...query].find(([name, value]) => value === '' && !name.startsWith('X-Amz-'))?.[0];
  const subresource = valued ?? bare;
  if (headers.has('x-amz-copy-source')) return subresource === undefined ? '?copy' : `?${subresource}&copy`;
  return subresource === undefined ? '' : `?${subresource}`;
}
