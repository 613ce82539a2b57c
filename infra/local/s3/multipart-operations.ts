import { rm } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { assembleParts, receivePart, requireUpload, startUpload } from './multipart-uploads.ts';
import { S3Error } from './s3-error.ts';
import type { S3Bucket, S3Operation, S3Request } from './s3-operation.ts';
import { headersToKeep, placeObject } from './write-object.ts';
import { element, readTexts, textElement } from './xml.ts';

const largestPartNumber = 10_000;

export const createUpload: S3Operation = async (bucket, { key, headers }) => {
  const upload = { key, headers: headersToKeep(headers) };
  const uploadId = textElement('UploadId', await startUpload(bucket.uploadsDirectory, upload));
  return { status: 200, xml: element('InitiateMultipartUploadResult', [...address(bucket, key), uploadId]) };
};

export const uploadPart: S3Operation = async (bucket, request) => {
  const number = Number(request.query.get('partNumber'));
  if (!Number.isInteger(number) || number < 1 || number > largestPartNumber) {
    throw new S3Error('InvalidArgument', 'Part number must be an integer between 1 and 10000');
  }
  const { folder } = await findUpload(bucket, request);
  const { md5 } = await receivePart(folder, number, request);
  return { status: 200, headers: { etag: `"${md5}"` } };
};

export const completeUpload: S3Operation = async (bucket, request) => {
  const { folder, key, headers } = await findUpload(bucket, request);
  const parts = toParts(await text(request.body));
  const content = bucket.objects.newContent();
  const { size, etag } = await assembleParts(folder, parts, bucket.objects.contentPath(content));
  placeObject(bucket, request, { key, size, etag, headers, content });
  await removeUpload(folder);
  const result = [...address(bucket, key), textElement('ETag', `"${etag}"`)];
  return { status: 200, xml: element('CompleteMultipartUploadResult', result) };
};

export const abortUpload: S3Operation = async (bucket, request) => {
  const { folder } = await findUpload(bucket, request);
  await removeUpload(folder);
  return { status: 204 };
};

function findUpload({ uploadsDirectory }: S3Bucket, { query }: S3Request) {
  return requireUpload(uploadsDirectory, query.get('uploadId') ?? '');
}

function removeUpload(folder: string): Promise<void> {
  return rm(folder, { recursive: true, force: true });
}

function address({ name }: S3Bucket, key: string): string[] {
  return [textElement('Bucket', name), textElement('Key', key)];
}

function toParts(xml: string) {
  const etags = readTexts(xml, 'ETag');
  return readTexts(xml, 'PartNumber').map((number, index) => ({
    number: Number(number),
    md5: (etags[index] ?? '').replaceAll('"', ''),
  }));
}
