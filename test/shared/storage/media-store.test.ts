import { describe, expect, it } from 'vitest';
import { ResponseTooLargeError } from '../../../shared/errors.ts';
import { createMediaStore, inputKey, uploadKey, videoKey } from '../../../shared/storage/media-store.ts';
import { startMediaBucket } from '../../support/media-bucket.ts';

describe('createMediaStore', () => {
  it('gives back what was put', async () => {
    const store = createMediaStore(await startMediaBucket());

    await store.putObject('inputs/acme/a.png', Buffer.from('pixels'), 'image/png');

    expect(await store.getBytes('inputs/acme/a.png', { maxBytes: 6 })).toEqual(
      new Uint8Array(Buffer.from('pixels')),
    );
    expect(await store.headObject('inputs/acme/a.png')).toEqual({
      bytes: 6,
      contentType: 'image/png',
      etag: expect.stringMatching(/^"[0-9a-f]{32}"$/),
    });
  });

  it('gives undefined for a key without an object', async () => {
    const store = createMediaStore(await startMediaBucket());

    expect(await store.getBytes('inputs/acme/absent', { maxBytes: 1 })).toBeUndefined();
    expect(await store.headObject('inputs/acme/absent')).toBeUndefined();
  });

  it('reads no more than the beginning when that is all it is asked for', async () => {
    const store = createMediaStore(await startMediaBucket());
    await store.putObject('a', Buffer.from('pixels'), 'image/png');
    await store.putObject('empty', '', 'image/png');

    expect(Buffer.from((await store.getFirstBytes('a', 3)) ?? []).toString()).toBe('pix');
    expect(Buffer.from((await store.getFirstBytes('a', 99)) ?? []).toString()).toBe('pixels');
    expect(await store.getFirstBytes('empty', 3)).toEqual(new Uint8Array());
    expect(await store.getFirstBytes('absent', 3)).toBeUndefined();
  });

  it('throws what S3 says when the bucket does not exist', async () => {
    const { client } = await startMediaBucket();
    const store = createMediaStore({ client, bucket: 'elsewhere' });

    await expect(store.getBytes('a', { maxBytes: 1 })).rejects.toThrow(
      expect.objectContaining({ name: 'NoSuchBucket' }),
    );
  });

  it('refuses to read an object that is larger than allowed', async () => {
    const store = createMediaStore(await startMediaBucket());
    await store.putObject('a', Buffer.alloc(101), 'image/png');

    await expect(store.getBytes('a', { maxBytes: 100 })).rejects.toThrow(ResponseTooLargeError);
  });

  it('copies an object whose key needs escaping', async () => {
    const store = createMediaStore(await startMediaBucket());
    await store.putObject('inbox/acme/a b+ü.png', Buffer.from('pixels'), 'image/png');

    const film = { contentType: 'video/mp4', taskId: '0de0b6b3a7640000' };
    await store.copyObject('inbox/acme/a b+ü.png', 'outbox/acme/c.mp4', film);

    expect(await store.headObject('outbox/acme/c.mp4')).toMatchObject({ bytes: 6, ...film });
  });

  it('tells which task wrote an object, where that was written down', async () => {
    const store = createMediaStore(await startMediaBucket());
    await store.putObject('a', '{}', { contentType: 'application/json', taskId: '0de0b6b3a7640000' });
    await store.putObject('b', '{}', 'application/json');

    expect(await store.headObject('a')).toMatchObject({ taskId: '0de0b6b3a7640000' });
    expect(await store.headObject('b')).not.toHaveProperty('taskId');
  });

  it('deletes an object as it was seen, and neither a newer one nor one that is gone', async () => {
    const store = createMediaStore(await startMediaBucket());
    await store.putObject('a', 'old', 'text/plain');
    const { etag } = (await store.headObject('a')) ?? { etag: '' };
    await store.putObject('a', 'new', 'text/plain');

    await store.deleteUnchanged('a', etag);
    expect(Buffer.from((await store.getBytes('a', { maxBytes: 9 })) ?? []).toString()).toBe('new');

    await store.putObject('a', 'old', 'text/plain');
    await store.deleteUnchanged('a', etag);
    await store.deleteUnchanged('a', etag);
    expect(await store.headObject('a')).toBeUndefined();
  });

  it('signs a link that downloads, also in part', async () => {
    const store = createMediaStore(await startMediaBucket());
    await store.putObject('videos/1.mp4', Buffer.from('film'), 'video/mp4');

    const url = await store.presignGet('videos/1.mp4', { expiresSeconds: 60 });
    const response = await fetch(url, { headers: { range: 'bytes=1-2' } });

    expect(response.status).toBe(206);
    expect(await response.text()).toBe('il');
  });

  it('signs a link that tells the size of a file', async () => {
    const store = createMediaStore(await startMediaBucket());
    await store.putObject('videos/1.mp4', Buffer.from('film'), 'video/mp4');

    const url = await store.presignHead('videos/1.mp4', { expiresSeconds: 60 });
    const response = await fetch(url, { method: 'HEAD' });

    expect([response.status, response.headers.get('content-length')]).toEqual([200, '4']);
  });

  it('signs a link under which any body can be uploaded', async () => {
    const store = createMediaStore(await startMediaBucket());

    const url = await store.presignPut('inputs/acme/uploads/file_1', { expiresSeconds: 60 });
    const response = await fetch(url, {
      method: 'PUT',
      body: 'pixels',
      headers: { 'content-type': 'image/png' },
    });

    expect(response.status).toBe(200);
    expect(await store.headObject('inputs/acme/uploads/file_1')).toMatchObject({
      bytes: 6,
      contentType: 'image/png',
    });
  });
});

describe('the keys of the media bucket', () => {
  it('are one scheme', () => {
    expect(videoKey('0de0b6b3a7640000')).toBe('videos/0de0b6b3a7640000.mp4');
    expect(inputKey('acme', 'cafe', 'jpeg')).toBe('inputs/acme/cafe.jpg');
    expect(uploadKey('acme', 'file_1')).toBe('inputs/acme/uploads/file_1');
  });
});
