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
    [{ content_type: 'image/gif' }, 'content_type', 'wrong_type'],
    [{ bytes: 30_000_000 }, 'bytes', 'image_size'],
    [{ bytes: 0 }, 'bytes', 'wrong_type'],
    [{ filename: 'a.png' }, 'filename', 'unknown_field'],
    [5, 'body', 'wrong_type'],
  ])('refuses %j and names the field at fault', async (json, param, code) => {
    const answer = await api.call({ method: 'POST', path: '/v1/uploads', json });

    expect(answer).toMatchObject({ status: 422, body: { errors: [{ param, code }] } });
  });
});
