import { rm } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { S3Error } from './s3-error.ts';
import type { S3Operation, S3Request } from './s3-operation.ts';
import { headersToKeep, placeObject } from './write-object.ts';
import { element, readTexts, textElement } from './xml.ts';

const largestPartNumber = 10_000;

export const createUpload: S3Operation = async ({ name, uploads }, { key, headers }) => {
  const uploadId = await uploads.start({ key, headers: headersToKeep(headers) });
  const address = [textElement('Bucket', name), textElement('Key', key)];
  return {
    status: 200,
    xml: element('InitiateMultipartUploadResult', [...address, textElement('UploadId', uploadId)]),
  };
};

export const uploadPart: S3Operation = async ({ uploads }, request) => {
  const number = Number(request.query.get('partNumber'));
  if (!Number.isInteger(number) || number < 1 || number > largestPartNumber) {
    throw new S3Error('InvalidArgument', 'Part number must be an integer between 1 and 10000');
  }
  await uploads.require(uploadId(request));
  const { md5 } = await uploads.receivePart(uploadId(request), number, request);
  return { status: 200, headers: { etag: `"${md5}"` } };
};

export const completeUpload: S3Operation = async (bucket, request) => {
  const { objects, uploads } = bucket;
  const { key, headers } = await uploads.require(uploadId(request));
  const parts = toParts(await text(request.body));
  const content = objects.newContent();
  const path = objects.contentPath(content);
  try {
    const { size, etag } = await uploads.assemble(uploadId(request), parts, path);
    placeObject(bucket, request, { key, size, etag, headers, content });
    await uploads.discard(uploadId(request));
    const address = [textElement('Bucket', bucket.name), textElement('Key', key)];
    return {
      status: 200,
      xml: element('CompleteMultipartUploadResult', [...address, textElement('ETag', `"${etag}"`)]),
    };
  } catch (error) {
    if (objects.find(key)?.content !== content) await rm(path, { force: true });
    throw error;
  }
};

export const abortUpload: S3Operation = async ({ uploads }, request) => {
  await uploads.require(uploadId(request));
  await uploads.discard(uploadId(request));
  return { status: 204 };
};

function uploadId({ query }: S3Request): string {
  return query.get('uploadId') ?? '';
}

function toParts(xml: string) {
  const etags = readTexts(xml, 'ETag');
  return readTexts(xml, 'PartNumber').map((number, index) => ({
    number: Number(number),
    md5: (etags[index] ?? '').replaceAll('"', ''),
  }));
}
