import { createHash, randomBytes } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { archiveVideo } from '../../../shared/media/archive.ts';
import { createSafeFetch } from '../../../shared/media/safe-fetch.ts';
import { createMediaStore } from '../../../shared/storage/media-store.ts';
import { createStreamUpload } from '../../../shared/storage/stream-upload.ts';
import { startMediaBucket } from '../../support/media-bucket.ts';
import { createFilm } from './films.ts';
import { startOrigin } from './origins.ts';

const key = 'videos/0de0b6b3a7640000.mp4';
const megabyte = 1024 * 1024;

async function arrange(listener: RequestListener) {
  const media = await startMediaBucket();
  const url = await startOrigin(listener);
  const tools = {
    safeFetch: createSafeFetch({ trustedOrigins: [url] }),
    uploadStream: createStreamUpload(media),
  };
  return {
    media,
    archive: () => archiveVideo({ url: `${url}/film.mp4?token=secret`, key }, tools),
    listKeys: async () => {
      const page = await media.client.send(new ListObjectsV2Command({ Bucket: media.bucket }));
      return (page.Contents ?? []).map((object) => object.Key);
    },
  };
}

/** The operations that a client sends from now on. */
function recordCommands(client: S3Client): string[] {
  const commands: string[] = [];
  client.middlewareStack.add((next, context) => async (args) => {
    commands.push(String(context['commandName']).replace(/Command$/, ''));
    return next(args);
  });
  return commands;
}

describe('archiveVideo', () => {
  it('stores the film and tells its facts', async () => {
    const film = createFilm();
    const { media, archive } = await arrange((_request, response) => response.end(film));

    const outcome = await archive();

    expect(outcome).toEqual({
      kind: 'archived',
      bytes: film.length,
      sha256: createHash('sha256').update(film).digest('hex'),
      width: 1280,
      height: 720,
      durationSeconds: 6,
    });
    const store = createMediaStore(media);
    expect(await store.getBytes(key, { maxBytes: film.length })).toEqual(new Uint8Array(film));
    expect(await store.headObject(key)).toMatchObject({ bytes: film.length, contentType: 'video/mp4' });
  });

  it('stores the film so that browsers save it under the name of its key', async () => {
    const { media, archive } = await arrange((_request, response) => response.end(createFilm()));
    await archive();

    const { headers } = await fetch(await createMediaStore(media).presignGet(key, { expiresSeconds: 60 }));

    expect(headers.get('content-disposition')).toBe('attachment; filename="0de0b6b3a7640000.mp4"');
  });

  it('stores the same film again when it runs twice', async () => {
    const { archive, listKeys } = await arrange((_request, response) => response.end(createFilm()));

    expect(await archive()).toEqual(await archive());
    expect(await listKeys()).toEqual([key]);
  });

  it.each([400, 401, 403, 404, 410])('finds a dead link when the server answers %i', async (status) => {
    const { archive, listKeys } = await arrange((_request, response) =>
      response.writeHead(status).end('<Error/>'),
    );

    expect(await archive()).toEqual({
      kind: 'dead_link',
      message: `127.0.0.1 answered with status ${status}`,
    });
    expect(await listKeys()).toEqual([]);
  });

  it('finds a dead link when the server redirects to a private address', async () => {
    const { archive } = await arrange((_request, response) => {
      response.writeHead(302, { location: 'https://169.254.169.254/latest/' }).end();
    });

    expect(await archive()).toMatchObject({ kind: 'dead_link' });
  });

  it.each([429, 500, 503, 504])('is interrupted when the server answers %i', async (status) => {
    const { archive } = await arrange((_request, response) => response.writeHead(status).end());

    expect(await archive()).toMatchObject({ kind: 'interrupted' });
  });

  it('keeps a paid film whose pixels and duration cannot be read', async () => {
    const film = createFilm({ width: 0 });
    const { archive, listKeys } = await arrange((_request, response) => response.end(film));

    expect(await archive()).toEqual({ kind: 'archived', bytes: film.length, sha256: expect.any(String) });
    expect(await listKeys()).toEqual([key]);
  });

  it('finds no video and stores nothing when an HTML page comes with status 200', async () => {
    const body = '<!doctype html><title>This link has expired</title>';
    const { archive, listKeys } = await arrange((_request, response) => response.end(body));

    expect(await archive()).toMatchObject({ kind: 'not_a_video' });
    expect(await listKeys()).toEqual([]);
  });

  it('finds no video when more than 2 GiB are announced', async () => {
    const { archive } = await arrange((_request, response) => {
      response.writeHead(200, { 'content-length': 2 * 1024 ** 3 + 1 }).flushHeaders();
    });

    expect(await archive()).toMatchObject({ kind: 'not_a_video' });
  });

  it('keeps the earlier object and is interrupted when the connection breaks', async () => {
    const film = createFilm({ filmBytes: 2 * megabyte });
    let requests = 0;
    const { media, archive } = await arrange((_request, response) => {
      requests += 1;
      response.writeHead(200, { 'content-length': film.length });
      if (requests === 1) response.end(film);
      else response.write(film.subarray(0, megabyte), () => response.destroy());
    });
    await archive();

    expect(await archive()).toMatchObject({ kind: 'interrupted' });
    expect(await createMediaStore(media).headObject(key)).toMatchObject({ bytes: film.length });
  });

  it('is interrupted when a body of unknown length ends early', async () => {
    const { archive, listKeys } = await arrange((_request, response) =>
      response.end(createFilm().subarray(0, -1)),
    );

    expect(await archive()).toMatchObject({
      kind: 'interrupted',
      message: expect.stringContaining('inside a box'),
    });
    expect(await listKeys()).toEqual([]);
  });

  it('leaves no object and cancels the upload when a film of several parts breaks off', async () => {
    const film = createFilm({ filmBytes: 40 * megabyte });
    const { media, archive, listKeys } = await arrange((_request, response) => {
      response.writeHead(200, { 'content-length': film.length });
      response.write(film.subarray(0, 39 * megabyte), () => response.destroy());
    });
    const commands = recordCommands(media.client);

    expect(await archive()).toMatchObject({
      kind: 'interrupted',
      message: expect.stringContaining('127.0.0.1'),
    });
    expect(commands).toEqual(['CreateMultipartUpload', 'UploadPart', 'AbortMultipartUpload']);
    expect(await listKeys()).toEqual([]);
  });

  it('is interrupted and hangs up when S3 refuses the video', async () => {
    const hungUp = Promise.withResolvers<void>();
    const media = await startMediaBucket();
    const url = await startOrigin((_request, response) => {
      response.on('close', hungUp.resolve);
      response.end(createFilm());
    });
    const uploadStream = createStreamUpload({ ...media, bucket: 'elsewhere' });

    const outcome = await archiveVideo(
      { url, key },
      { safeFetch: createSafeFetch({ trustedOrigins: [url] }), uploadStream },
    );

    expect(outcome).toEqual({ kind: 'interrupted', message: 'S3 did not take the video (NoSuchBucket)' });
    await hungUp.promise;
  });

  it('archives 100 MB whole', async () => {
    const film = createFilm({ isIndexLast: true, filmBytes: 100 * megabyte });
    randomBytes(megabyte).copy(film, 50 * megabyte);
    const { media, archive } = await arrange((_request, response) => response.end(film));

    expect(await archive()).toMatchObject({
      kind: 'archived',
      bytes: film.length,
      sha256: createHash('sha256').update(film).digest('hex'),
    });
    expect(await createMediaStore(media).headObject(key)).toMatchObject({ bytes: film.length });
  });
});
