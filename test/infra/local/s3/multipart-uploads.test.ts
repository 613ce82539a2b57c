import { createHash } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Bucket, newDirectory, openS3, type RunningS3, readText } from './s3-fixture.ts';

const mebibyte = 1024 * 1024;
let directory: string;
let s3: RunningS3;

beforeEach(async () => {
  directory = await newDirectory();
  s3 = await openS3(directory);
});
afterEach(async () => {
  await s3.close();
  await rm(directory, { recursive: true, force: true });
});

describe('multipart uploads to the embedded S3', () => {
  it.each([
    ['checksums as required', () => s3.client],
    ['default checksums', () => s3.defaultClient],
  ])('store a streamed 40 MiB film whole, with %s', async (_case, client) => {
    const result = await upload(client(), filmOf(40));
    expect(result.ETag).toMatch(/^"[0-9a-f]{32}-2"$/);
    expect(await digestOfObject()).toBe(await digestOf(filmOf(40)));
    expect(s3.created).toEqual([
      { bucket: Bucket, key: 'film', size: 40 * mebibyte, etag: result.ETag?.replaceAll('"', '') },
    ]);
    const head = await s3.client.send(new HeadObjectCommand({ Bucket, Key: 'film' }));
    expect(head.ContentType).toBe('video/mp4');
  });

  it('leave nothing behind and say why when the source breaks', async () => {
    const broken = async function* () {
      yield* filmOf(35);
      throw new Error('the source broke');
    };
    await expect(upload(s3.client, broken())).rejects.toThrow('the source broke');
    expect(s3.created).toEqual([]);
    expect(await readdir(join(directory, 'uploads'))).toEqual([]);
    expect(await readdir(join(directory, 'contents'))).toEqual([]);
  });

  it('can be completed after the server was reopened', async () => {
    const { UploadId } = await s3.client.send(new CreateMultipartUploadCommand({ Bucket, Key: 'film' }));
    const part = { Bucket, Key: 'film', UploadId, PartNumber: 1 };
    await s3.client.send(new UploadPartCommand({ ...part, Body: 'replaced' }));
    const { ETag } = await s3.client.send(new UploadPartCommand({ ...part, Body: 'content' }));
    await s3.close();
    s3 = await openS3(directory);
    await complete(UploadId, [{ ETag, PartNumber: 1 }]);
    expect(await readText(s3.client, 'film')).toBe('content');
  });

  it('refuse to complete with a part that never came', async () => {
    const { UploadId } = await s3.client.send(new CreateMultipartUploadCommand({ Bucket, Key: 'film' }));
    const completion = complete(UploadId, [{ ETag: `"${'0'.repeat(32)}"`, PartNumber: 1 }]);
    await expect(completion).rejects.toMatchObject({ name: 'InvalidPart' });
  });

  it('answer NoSuchUpload for an id that is not theirs', async () => {
    const completion = complete('../../objects', []);
    await expect(completion).rejects.toMatchObject({ name: 'NoSuchUpload' });
  });
});

function complete(UploadId: string | undefined, Parts: { ETag: string | undefined; PartNumber: number }[]) {
  const request = { Bucket, Key: 'film', UploadId, MultipartUpload: { Parts } };
  return s3.client.send(new CompleteMultipartUploadCommand(request));
}

/** A film of that many mebibytes, no two of them alike. */
async function* filmOf(mebibytes: number) {
  for (let index = 0; index < mebibytes; index += 1) yield Buffer.alloc(mebibyte, `frame ${index};`);
}

function upload(client: S3Client, content: AsyncIterable<Buffer>) {
  const params = { Bucket, Key: 'film', Body: Readable.from(content), ContentType: 'video/mp4' };
  return new Upload({ client, params, partSize: 32 * mebibyte, queueSize: 1 }).done();
}

async function digestOfObject() {
  const { Body } = await s3.client.send(new GetObjectCommand({ Bucket, Key: 'film' }));
  return digestOf(Readable.from(Body instanceof Readable ? Body : []));
}

async function digestOf(content: AsyncIterable<Buffer>): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of content) hash.update(chunk);
  return hash.digest('hex');
}
