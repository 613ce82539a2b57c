import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeForm } from '../../support/http-events.ts';
import { createPng } from '../../support/images.ts';
import { type ServedApi, startApi } from '../../support/served-api.ts';

let api: ServedApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const path = '/v1/videos';
const prompt = 'A lighthouse at dusk';
const maxJsonBytes = 6_000_000;
const maxFormBytes = 4_600_000;

/** A PNG of so many bytes: readers ignore what follows its end. */
function pngOf(bytes: number): Buffer {
  return Buffer.concat([createPng({ width: 640, height: 480 })], bytes);
}

/** An order as JSON text of so many bytes. */
function jsonOf(bytes: number) {
  const headers = { 'content-type': 'application/json' };
  return { method: 'POST', path, headers, body: JSON.stringify({ prompt }).padEnd(bytes, ' ') };
}

/** An order as a form of so many bytes, with an image. */
async function formOf(bytes: number) {
  const withImage = (imageBytes: number) => {
    const form = new FormData();
    form.append('prompt', prompt);
    form.append('first_frame_image', new Blob([new Uint8Array(pngOf(imageBytes))]), 'a.png');
    return encodeForm(form);
  };
  const smallest = 100_000;
  const rest = (await withImage(smallest)).body.length - smallest;
  return { method: 'POST', path, ...(await withImage(bytes - rest)) };
}

describe('the body of an order', () => {
  it('may carry an image of 4 MB as data: URI', async () => {
    const image = `data:image/png;base64,${pngOf(4_000_000).toString('base64')}`;

    const answer = await api.call({ method: 'POST', path, json: { prompt, first_frame_image: image } });

    expect(answer).toMatchObject({ status: 200, body: { gateway: { operation: 'i2v' } } });
  });

  it.each([
    ['JSON', 'has the most bytes that JSON may have', () => jsonOf(maxJsonBytes)],
    ['a form', 'has the most bytes that a form may have', () => formOf(maxFormBytes)],
  ])('is accepted as %s when it %s', async (_type, _size, toCall) => {
    expect(await api.call(await toCall())).toMatchObject({ status: 200, body: { status: 'queued' } });
  });

  it.each([
    ['JSON', maxJsonBytes + 1, () => jsonOf(maxJsonBytes + 1)],
    ['a form', maxFormBytes + 1, () => formOf(maxFormBytes + 1)],
  ])('is refused as %s of %i bytes, with the limits and the way around them', async (_, bytes, toCall) => {
    const answer = await api.call(await toCall());

    const reason = new RegExp(`${bytes} bytes.*${maxJsonBytes}.*${maxFormBytes}.*POST /v1/uploads`);
    expect(answer).toMatchObject({ status: 413, body: { code: 'request_too_large' } });
    expect(answer.body).toMatchObject({ detail: expect.stringMatching(reason) });
  });
});
