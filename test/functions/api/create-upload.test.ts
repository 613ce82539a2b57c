import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { createPng } from '../../support/images.ts';
import { type ServedApi, startApi } from '../../support/served-api.ts';

let api: ServedApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const uploadSchema = z.object({
  id: z.string(),
  url: z.string(),
  method: z.string(),
  headers: z.record(z.string(), z.string()),
});

async function createUpload(json?: object) {
  const { body } = await api.call({ method: 'POST', path: '/v1/uploads', json });
  return uploadSchema.parse(body);
}

describe('POST /v1/uploads', () => {
  const image = new Uint8Array(createPng({ width: 500, height: 500 }));

  it('takes the file that was announced, sent with the headers that it names', async () => {
    const upload = await createUpload({ content_type: 'image/png', bytes: image.length });

    const { url, ...request } = upload;
    expect((await fetch(url, { ...request, body: image })).status).toBe(200);
    expect(upload.headers).toEqual({ 'content-type': 'image/png', 'content-length': `${image.length}` });
  });

  it('refuses a file of another length than was announced', async () => {
    const { url } = await createUpload({ bytes: image.length - 1 });

    expect((await fetch(url, { method: 'PUT', body: image })).status).toBe(403);
  });

  it('takes a file of any length when none was announced', async () => {
    const { url, headers } = await createUpload();

    expect(headers).toEqual({});
    expect((await fetch(url, { method: 'PUT', body: image })).status).toBe(200);
  });

  it.each([
    [
      { content_type: 'image/gif' },
      'content_type',
      'wrong_type',
      'content_type must be one of image/jpeg, image/png, image/webp, video/mp4; got "image/gif"',
    ],
    [
      { bytes: 30_000_000 },
      'bytes',
      'image_size',
      'bytes must be a whole number from 1 to 20971520; got 30000000',
    ],
    [{ bytes: 0 }, 'bytes', 'wrong_type', 'bytes must be a whole number from 1 to 20971520; got 0'],
    [{ bytes: null }, 'bytes', 'wrong_type', 'bytes must be a whole number from 1 to 20971520; got null'],
    [
      { filename: 'a.png' },
      'filename',
      'unknown_field',
      'filename is unknown; known are content_type, bytes',
    ],
    [
      5,
      'body',
      'wrong_type',
      'The body must be a JSON object such as {"content_type": "image/png", "bytes": 5000000}',
    ],
  ])('refuses %j, says what was given and what is allowed', async (json, param, code, message) => {
    const answer = await api.call({ method: 'POST', path: '/v1/uploads', json });

    expect(answer).toMatchObject({ status: 422, body: { errors: [{ param, code, message }] } });
  });

  it('names each of several unknown fields', async () => {
    const answer = await api.call({ method: 'POST', path: '/v1/uploads', json: { a: 1, b: 2 } });

    expect(answer).toMatchObject({ status: 422, body: { errors: [{ param: 'a' }, { param: 'b' }] } });
  });
});
