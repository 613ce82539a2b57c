import { rm } from 'node:fs/promises';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterAll, describe, expect, it } from 'vitest';
import { Bucket, newDirectory, openS3, readText } from './s3-fixture.ts';

const directory = await newDirectory();
const s3 = await openS3(directory);
const Key = 'videos/a b+c é.mp4';
await s3.client.send(new PutObjectCommand({ Bucket, Key, Body: '0123456789', ContentType: 'video/mp4' }));

afterAll(async () => {
  await s3.close();
  await rm(directory, { recursive: true, force: true });
});

describe('a presigned URL of the embedded S3', () => {
  it('serves the object with the response headers that it asks for', async () => {
    const response = await fetch(
      await presignGet({
        ResponseContentType: 'application/octet-stream',
        ResponseContentDisposition: 'attachment; filename="a+b (1).mp4"',
      }),
    );
    expect(response.headers.get('content-type')).toBe('application/octet-stream');
    expect(response.headers.get('content-disposition')).toBe('attachment; filename="a+b (1).mp4"');
    expect(await response.text()).toBe('0123456789');
  });

  it('serves a range', async () => {
    const response = await fetch(await presignGet(), { headers: { range: 'bytes=2-4' } });
    expect(response.status).toBe(206);
    expect(response.headers.get('content-range')).toBe('bytes 2-4/10');
    expect(await response.text()).toBe('234');
  });

  it('takes an upload with any content type that was not signed', async () => {
    const url = await getSignedUrl(s3.client, new PutObjectCommand({ Bucket, Key: 'uploads/1' }));
    const response = await fetch(url, {
      method: 'PUT',
      body: 'image',
      headers: { 'content-type': 'image/png' },
    });
    expect(response.status).toBe(200);
    expect(await readText(s3.client, 'uploads/1')).toBe('image');
    expect(s3.created.at(-1)).toMatchObject({ key: 'uploads/1', size: 5 });
  });

  it('is refused after its expiry', async () => {
    const signingDate = new Date(Date.now() - 61_000);
    const response = await fetch(await presignGet({}, { expiresIn: 60, signingDate }));
    expect(response.status).toBe(403);
    expect(await response.text()).toContain('Request has expired');
  });

  it('is served until its expiry, however long ago it was signed', async () => {
    const signingDate = new Date(Date.now() - 3_600_000);
    const response = await fetch(await presignGet({}, { expiresIn: 3660, signingDate }));
    expect(response.status).toBe(200);
  });

  it.each([
    ['another key', (url: string) => url.replace('a%20b', 'a%20c')],
    ['a longer expiry', (url: string) => url.replace('X-Amz-Expires=900', 'X-Amz-Expires=901')],
    ['another signature', (url: string) => url.replace(/X-Amz-Signature=./, 'X-Amz-Signature=z')],
    ['no signature', (url: string) => url.replace(/\?.*/, '')],
  ])('is refused with %s', async (_case, forge) => {
    expect((await fetch(forge(await presignGet()))).status).toBe(403);
  });

  it('is refused for another method', async () => {
    expect((await fetch(await presignGet(), { method: 'PUT', body: 'x' })).status).toBe(403);
    expect(await readText(s3.client, Key)).toBe('0123456789');
  });
});

describe('a signed request to the embedded S3', () => {
  it.each([
    ['an unknown key id', { accessKeyId: 'other', secretAccessKey: 'local' }],
    ['a wrong secret', { accessKeyId: 'local', secretAccessKey: 'other' }],
  ])('is refused with %s', async (_case, credentials) => {
    const client = new S3Client({ endpoint: s3.url, credentials, maxAttempts: 1 });
    const get = client.send(new GetObjectCommand({ Bucket, Key }));
    await expect(get).rejects.toMatchObject({ $metadata: { httpStatusCode: 403 } });
    client.destroy();
  });
});

function presignGet(options: object = {}, signing: { expiresIn?: number; signingDate?: Date } = {}) {
  return getSignedUrl(s3.client, new GetObjectCommand({ Bucket, Key, ...options }), signing);
}
