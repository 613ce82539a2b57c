import { describe, expect, it } from 'vitest';
import { fetchImage, probeImageBytes, probeImageUrl } from '../../../shared/media/probe-image.ts';
import { createSafeFetch } from '../../../shared/media/safe-fetch.ts';
import { createGif, createJpeg, createPng, createWebp } from '../../support/images.ts';
import { startOrigin } from './origins.ts';

const maxBytes = 20 * 1024 * 1024;

/** A JPEG whose size stands behind `bytes` of metadata. */
function createJpegBehindMetadata(bytes: number): Buffer {
  const jpeg = createJpeg({ width: 640, height: 480 });
  const segment = Buffer.alloc(60_000);
  segment.writeUInt32BE(0xffe2_0000 + segment.length - 2, 0);
  const metadata = Array.from({ length: Math.ceil(bytes / segment.length) }, () => segment);
  return Buffer.concat([jpeg.subarray(0, 2), ...metadata, jpeg.subarray(2)]);
}

describe('probeImageBytes', () => {
  it.each([
    ['png', createPng({ width: 320, height: 200 })],
    ['jpeg', createJpeg({ width: 320, height: 200 })],
    ['webp', createWebp({ width: 320, height: 200 })],
  ])('measures a %s', (format, bytes) => {
    expect(probeImageBytes(bytes)).toEqual({ format, width: 320, height: 200, bytes: bytes.length });
  });

  it.each([1, 2, 3, 4])('takes a JPEG of EXIF orientation %i as it is stored', (orientation) => {
    const facts = probeImageBytes(createJpeg({ width: 320, height: 200, orientation }));

    expect(facts).toMatchObject({ width: 320, height: 200 });
  });

  it.each([5, 6, 7, 8])('turns a JPEG of EXIF orientation %i as it is displayed', (orientation) => {
    const facts = probeImageBytes(createJpeg({ width: 320, height: 200, orientation }));

    expect(facts).toMatchObject({ width: 200, height: 320 });
  });

  it.each([
    ['a GIF', createGif()],
    ['a BMP', Buffer.from('BM000000')],
    ['an AVIF', Buffer.from('\0\0\0\x20ftypavif\0\0\0\0')],
    ['a HEIC', Buffer.from('\0\0\0\x20ftypheic\0\0\0\0')],
    ['a video', Buffer.from('\0\0\0\x20ftypisom\0\0\0\0')],
    ['an SVG', Buffer.from('\ufeff <svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')],
    ['an HTML page', Buffer.from('<!DOCTYPE html><title>Not found</title>')],
    ['an SVG or another XML document', Buffer.from('<?xml version="1.0"?><svg/>')],
    ['a JSON document', Buffer.from('{"error":"gone"}')],
    ['empty', Buffer.alloc(0)],
    ['none of the known image formats', Buffer.from('hello')],
  ])('names %s in the refusal', (name, bytes) => {
    expect(() => probeImageBytes(bytes)).toThrow(
      expect.objectContaining({
        reason: 'not_an_image',
        message: `The file is ${name}; a JPEG, PNG or WebP image is needed`,
      }),
    );
  });

  it.each([
    ['PNG', createPng({ width: 320, height: 200 }).subarray(0, 20)],
    ['JPEG', createJpeg({ width: 320, height: 200 }).subarray(0, 70)],
    ['WebP', createWebp({ width: 320, height: 200 }).subarray(0, 24)],
  ])('refuses a %s that ends before its size, whatever follows in memory', (_format, bytes) => {
    const inLargerMemory = Buffer.concat([bytes, Buffer.alloc(64, 7)]).subarray(0, bytes.length);

    expect(() => probeImageBytes(inLargerMemory)).toThrow('The image is damaged');
  });

  it('measures a JPEG whose size stands behind 200 KB of metadata', () => {
    expect(probeImageBytes(createJpegBehindMetadata(200_000))).toMatchObject({ width: 640, height: 480 });
  });

  it('gives up on a JPEG whose size stands behind 300 KB of metadata', () => {
    expect(() => probeImageBytes(createJpegBehindMetadata(300_000))).toThrow('The image is damaged');
  });

  it('refuses an image above 20 MiB', () => {
    const image = Buffer.concat([createPng({ width: 320, height: 200 }), Buffer.alloc(maxBytes)]);

    expect(() => probeImageBytes(image)).toThrow(expect.objectContaining({ reason: 'too_large' }));
  });
});

describe('probeImageUrl', () => {
  it('knows the whole length after the first bytes and hangs up', async () => {
    const hungUp = Promise.withResolvers<void>();
    const origin = await startOrigin((_request, response) => {
      response.on('close', hungUp.resolve);
      response.writeHead(200, { 'content-length': 5_000_000 });
      response.write(createPng({ width: 320, height: 200 }));
    });

    const facts = await probeImageUrl(origin, createSafeFetch({ trustedOrigins: [origin] }));

    expect(facts).toEqual({ format: 'png', width: 320, height: 200, bytes: 5_000_000 });
    await hungUp.promise;
  });

  it('counts the bytes when no length is announced', async () => {
    const image = createJpegBehindMetadata(200_000);
    const origin = await startOrigin((_request, response) => {
      for (const at of [0, 3, 50_000, 150_000]) response.write(image.subarray(at, nextCut(at)));
      response.end(image.subarray(200_000));
    });
    const nextCut = (at: number) => [3, 50_000, 150_000, 200_000].find((cut) => cut > at);

    const facts = await probeImageUrl(origin, createSafeFetch({ trustedOrigins: [origin] }));

    expect(facts).toEqual({ format: 'jpeg', width: 640, height: 480, bytes: image.length });
  });

  it.each([
    { length: maxBytes + 1, headers: { 'content-length': maxBytes + 1 }, when: 'the announced length' },
    { length: maxBytes + 1, headers: {}, when: 'the counted length' },
  ])('refuses an image when $when is above 20 MiB', async ({ length, headers }) => {
    const image = createPng({ width: 320, height: 200 });
    const origin = await startOrigin((_request, response) => {
      response.writeHead(200, headers).write(image);
      response.end(Buffer.alloc(length - image.length));
    });

    await expect(probeImageUrl(origin, createSafeFetch({ trustedOrigins: [origin] }))).rejects.toMatchObject({
      reason: 'too_large',
    });
  });

  it('refuses an HTML page that calls itself a PNG without reading it to the end', async () => {
    const origin = await startOrigin((_request, response) => {
      response.writeHead(200, { 'content-type': 'image/png' }).write('<!doctype html><title>Sign in</title>');
    });

    await expect(probeImageUrl(origin, createSafeFetch({ trustedOrigins: [origin] }))).rejects.toMatchObject({
      reason: 'not_an_image',
    });
  });

  it('is unreachable when the server answers with an error status', async () => {
    const origin = await startOrigin((_request, response) => response.writeHead(404).end());

    await expect(probeImageUrl(origin, createSafeFetch({ trustedOrigins: [origin] }))).rejects.toMatchObject({
      reason: 'unreachable',
      message: '127.0.0.1 answered with status 404',
    });
  });

  it('is unreachable when the URL must not be fetched', async () => {
    await expect(
      probeImageUrl('https://169.254.169.254/', createSafeFetch({ trustedOrigins: [] })),
    ).rejects.toMatchObject({
      reason: 'unreachable',
      message: '169.254.169.254 is not on the public internet, so it is not fetched',
    });
  });
});

describe('fetchImage', () => {
  const fetchFrom = async (body: Uint8Array | string) => {
    const origin = await startOrigin((_request, response) => response.write(body, () => response.end()));
    return fetchImage(origin, createSafeFetch({ trustedOrigins: [origin] }));
  };

  it('brings all the bytes and what they are, also behind much metadata', async () => {
    const image = createJpegBehindMetadata(200_000);

    const { bytes, facts } = await fetchFrom(image);

    expect(Buffer.compare(bytes, image)).toBe(0);
    expect(facts).toEqual({ format: 'jpeg', width: 640, height: 480, bytes: image.length });
  });

  it.each([
    ['not_an_image', '<!doctype html><title>Sign in</title>'],
    ['not_an_image', ''],
    ['too_large', Buffer.concat([createPng({ width: 9, height: 9 }), Buffer.alloc(maxBytes)])],
  ])('says %s as probeImageUrl does', async (reason, body) => {
    await expect(fetchFrom(body)).rejects.toMatchObject({ reason });
  });

  it('hangs up on what is no image without waiting for its end', async () => {
    const origin = await startOrigin(
      (_request, response) => void response.write(`<!doctype html>${'x'.repeat(99)}`),
    );

    await expect(fetchImage(origin, createSafeFetch({ trustedOrigins: [origin] }))).rejects.toMatchObject({
      reason: 'not_an_image',
    });
  });

  it('says unreachable for an error status', async () => {
    const origin = await startOrigin((_request, response) => response.writeHead(404).end(createGif()));

    await expect(fetchImage(origin, createSafeFetch({ trustedOrigins: [origin] }))).rejects.toMatchObject({
      reason: 'unreachable',
      message: '127.0.0.1 answered with status 404',
    });
  });
});
