import { createHash } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Bucket, newDirectory, openS3, type RunningS3, readText } from './s3/s3-fixture.ts';

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

describe('the embedded S3', () => {
  it('has its bucket from the start and no other', async () => {
    await expect(s3.client.send(new HeadBucketCommand({ Bucket }))).resolves.toBeDefined();
    const other = s3.client.send(new HeadBucketCommand({ Bucket: 'other' }));
    await expect(other).rejects.toMatchObject({ name: 'NotFound' });
  });

  it('gives back the content, its headers and its metadata', async () => {
    await put('inputs/a b+c é.txt', 'hello', {
      ContentType: 'text/plain',
      ContentDisposition: 'attachment',
      Metadata: { origin: 'test' },
    });
    const Key = 'inputs/a b+c é.txt';
    expect(await s3.client.send(new HeadObjectCommand({ Bucket, Key }))).toMatchObject({
      ContentLength: 5,
      ContentType: 'text/plain',
      ContentDisposition: 'attachment',
      ETag: `"${createHash('md5').update('hello').digest('hex')}"`,
      Metadata: { origin: 'test' },
    });
    expect(await readText(s3.client, Key)).toBe('hello');
  });

  it('answers NoSuchKey for a key without an object', async () => {
    const get = s3.client.send(new GetObjectCommand({ Bucket, Key: 'absent' }));
    await expect(get).rejects.toBeInstanceOf(NoSuchKey);
    const head = s3.client.send(new HeadObjectCommand({ Bucket, Key: 'absent' }));
    await expect(head).rejects.toMatchObject({ name: 'NotFound' });
  });

  it('announces each finished write once, and no deletion', async () => {
    await put('one', 'hello');
    await s3.client.send(new CopyObjectCommand({ Bucket, Key: 'two', CopySource: `${Bucket}/one` }));
    await s3.client.send(new DeleteObjectCommand({ Bucket, Key: 'one' }));
    const etag = createHash('md5').update('hello').digest('hex');
    expect(s3.created).toEqual([
      { bucket: Bucket, key: 'one', size: 5, etag },
      { bucket: Bucket, key: 'two', size: 5, etag },
    ]);
    expect(await readText(s3.client, 'two')).toBe('hello');
  });

  it('takes a stream from a client with default checksums', async () => {
    const content = 'x'.repeat(300_000);
    const Body = Readable.from([content.slice(0, 100_000), content.slice(100_000)]);
    await s3.defaultClient.send(
      new PutObjectCommand({ Bucket, Key: 'streamed', Body, ContentLength: content.length }),
    );
    expect(await readText(s3.defaultClient, 'streamed')).toBe(content);
    const head = await s3.client.send(new HeadObjectCommand({ Bucket, Key: 'streamed' }));
    expect(head.ContentEncoding).toBeUndefined();
  });

  it('refuses content that does not match its checksum, and stores nothing', async () => {
    const wrong = s3.client.send(
      new PutObjectCommand({ Bucket, Key: 'wrong', Body: 'hello', ChecksumCRC32: 'AAAAAA==' }),
    );
    await expect(wrong).rejects.toMatchObject({ name: 'BadDigest' });
    await expect(readText(s3.client, 'wrong')).rejects.toBeInstanceOf(NoSuchKey);
    expect(s3.created).toEqual([]);
  });

  it('stores nothing when the client breaks off its upload', async () => {
    const url = await getSignedUrl(s3.client, new PutObjectCommand({ Bucket, Key: 'torn' }));
    const upload = request(url, { method: 'PUT', headers: { 'content-length': 10 } });
    upload.on('error', () => {});
    upload.write('half');
    const contents = () => readdir(join(directory, 'contents'));
    await vi.waitUntil(async () => (await contents()).length === 1);
    upload.destroy();
    await vi.waitUntil(async () => (await contents()).length === 0);
    await expect(readText(s3.client, 'torn')).rejects.toBeInstanceOf(NoSuchKey);
  });

  it('replaces an object, except when the write must be the first', async () => {
    await put('key', 'first');
    await put('key', 'second');
    const third = put('key', 'third', { IfNoneMatch: '*' });
    await expect(third).rejects.toMatchObject({ name: 'PreconditionFailed' });
    expect(await readText(s3.client, 'key')).toBe('second');
    expect(await readdir(join(directory, 'contents'))).toHaveLength(1);
  });

  it.each([
    ['bytes=2-4', '234'],
    ['bytes=7-', '789'],
    ['bytes=-3', '789'],
    ['bytes=8-100', '89'],
    ['bytes=0-0', '0'],
  ])('serves the range %s', async (range, expected) => {
    await put('digits', '0123456789');
    expect(await readText(s3.client, 'digits', range)).toBe(expected);
  });

  it('refuses a range that begins after the end', async () => {
    await put('digits', '0123456789');
    const read = readText(s3.client, 'digits', 'bytes=10-');
    await expect(read).rejects.toMatchObject({ name: 'InvalidRange' });
  });

  it('serves an empty object', async () => {
    await put('empty', '', { ContentLength: 0 });
    expect(await readText(s3.client, 'empty')).toBe('');
  });

  it('lists by prefix in pages and groups by delimiter', async () => {
    for (const key of ['in/c', 'in/a', 'in/b/1', 'in/b/2', 'out/z']) await put(key, key);
    const query = { Bucket, Prefix: 'in/', MaxKeys: 2 };
    const first = await s3.client.send(new ListObjectsV2Command(query));
    const ContinuationToken = first.NextContinuationToken;
    const second = await s3.client.send(new ListObjectsV2Command({ ...query, ContinuationToken }));
    expect(first).toMatchObject({ IsTruncated: true, KeyCount: 2 });
    expect(second).toMatchObject({ IsTruncated: false, KeyCount: 2 });
    const keys = [...(first.Contents ?? []), ...(second.Contents ?? [])].map(({ Key }) => Key);
    expect(keys).toEqual(['in/a', 'in/b/1', 'in/b/2', 'in/c']);
    const grouped = await s3.client.send(new ListObjectsV2Command({ Bucket, Prefix: 'in/', Delimiter: '/' }));
    expect(grouped.CommonPrefixes).toEqual([{ Prefix: 'in/b/' }]);
    expect(grouped.Contents?.map(({ Key }) => Key)).toEqual(['in/a', 'in/c']);
  });

  it('deletes one object and several at once, also such as are not there', async () => {
    for (const key of ['a', 'b&b', 'c']) await put(key, key);
    await s3.client.send(new DeleteObjectCommand({ Bucket, Key: 'a' }));
    const Objects = [{ Key: 'b&b' }, { Key: 'absent' }];
    await s3.client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    const { Contents } = await s3.client.send(new ListObjectsV2Command({ Bucket }));
    expect(Contents?.map(({ Key }) => Key)).toEqual(['c']);
  });

  it('deletes an object of another ETag, or one that is not there, under no condition', async () => {
    const { ETag: old } = await put('a', 'old');
    await put('a', 'new');
    const remove = (Key: string) =>
      s3.client.send(new DeleteObjectCommand({ Bucket, Key, ...(old !== undefined && { IfMatch: old }) }));

    await expect(remove('a')).rejects.toMatchObject({ name: 'PreconditionFailed' });
    await expect(remove('absent')).rejects.toMatchObject({ name: 'NoSuchKey' });
    expect(await readText(s3.client, 'a')).toBe('new');
    await put('a', 'old');
    await remove('a');
    await expect(readText(s3.client, 'a')).rejects.toMatchObject({ name: 'NoSuchKey' });
  });

  it('keeps its objects when its directory is reopened', async () => {
    await put('kept', 'hello', { ContentType: 'text/plain' });
    await s3.close();
    s3 = await openS3(directory);
    expect(await readText(s3.client, 'kept')).toBe('hello');
    const head = await s3.client.send(new HeadObjectCommand({ Bucket, Key: 'kept' }));
    expect(head.ContentType).toBe('text/plain');
  });

  it('answers NotImplemented for a call that it does not know', async () => {
    const call = s3.client.send(new GetBucketVersioningCommand({ Bucket }));
    await expect(call).rejects.toMatchObject({ name: 'NotImplemented' });
  });
});

function put(Key: string, Body: string, options: object = {}) {
  return s3.client.send(new PutObjectCommand({ Bucket, Key, Body, ...options }));
}
