import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { encodeForm } from '../../support/http-events.ts';
import { createGif, createPng } from '../../support/images.ts';
import { readMonth } from '../../support/orders.ts';
import { type ServedApi, startApi } from '../../support/served-api.ts';

let api: ServedApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());
beforeEach(() => {
  api.started.length = 0;
  api.objects.length = 0;
});

const uploadSchema = z.object({ id: z.string(), url: z.string(), headers: z.record(z.string(), z.string()) });
const prompt = 'A lighthouse at dusk, waves below [Push in]';
const month = new Date().toISOString().slice(0, 7);
const order = (json: unknown, headers = {}) =>
  api.call({ method: 'POST', path: '/v1/videos', json, headers });
const orderForm = async (fields: Record<string, string | Blob>) => {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  return api.call({ method: 'POST', path: '/v1/videos', ...(await encodeForm(form)) });
};
const dataUri = (bytes: Buffer) => `data:image/png;base64,${bytes.toString('base64')}`;

describe('POST /v1/videos', () => {
  it('accepts a prompt, holds its price, starts one execution and answers queued', async () => {
    const before = await readMonth(api.tables, 'acme', month);

    const { status, headers, body } = await order({ prompt, metadata: { shot: '7' } });

    expect(status).toBe(200);
    expect(headers).toMatchObject({ 'x-request-id': 'request-1', 'openai-poll-after-ms': '10000' });
    expect(body).toMatchObject({
      object: 'video',
      model: 'hailuo-01',
      status: 'queued',
      progress: 0,
      completed_at: null,
      expires_at: null,
      seconds: '6',
      size: '1280x720',
      prompt,
      error: null,
      metadata: { shot: '7' },
      gateway: {
        provider: 'piapi',
        operation: 't2v',
        state: 'accepted',
        attempts: [],
        cost: { currency: 'USD', estimated: '0.20', charged: null },
        result: null,
      },
    });
    expect(api.started).toHaveLength(1);
    const after = await readMonth(api.tables, 'acme', month);
    expect(after.committedMicroUsd - before.committedMicroUsd).toBe(200_000);
  });

  it('takes the form of the openai client: seconds as text, the reference in brackets', async () => {
    const answer = await orderForm({
      model: 'i2v-01',
      prompt,
      seconds: '6',
      size: '1280x720',
      'input_reference[image_url]': api.imageUrl(600, 900),
      'metadata[shot]': '7',
      prompt_optimizer: 'false',
    });

    expect(answer.body).toMatchObject({ model: 'hailuo-01', size: '720x1080', metadata: { shot: '7' } });
    expect(answer.body).toMatchObject({ gateway: { operation: 'i2v' } });
  });

  it('stores a file of a form under its own content, once', async () => {
    const image = new Blob([new Uint8Array(createPng({ width: 640, height: 480 }))]);

    const first = await orderForm({ prompt, first_frame_image: image });
    await orderForm({ prompt, first_frame_image: image });

    expect(first.body).toMatchObject({ status: 'queued', gateway: { operation: 'i2v' } });
    expect(new Set(api.objects).size).toBe(1);
    expect(api.objects[0]).toMatch(/^inputs\/acme\/[0-9a-f]{64}\.png$/);
  });

  it.each([
    ['a text', (url: string) => url],
    ['image_url', (url: string) => ({ image_url: url })],
    ['image_url.url', (url: string) => ({ image_url: { url } })],
  ])('takes an image given by %s', async (_, toImage) => {
    const { body } = await order({ prompt, input_reference: toImage(api.imageUrl(640, 480)) });

    expect(body).toMatchObject({ status: 'queued', gateway: { operation: 'i2v' } });
  });

  it('answers the same task to the same Idempotency-Key, however the order is sent', async () => {
    const headers = { 'idempotency-key': 'order-1' };
    const first = await order({ prompt, seconds: 6 }, headers);
    const again = await order({ seconds: '6', prompt }, headers);

    expect(again.body).toEqual(first.body);
    expect(api.started).toHaveLength(1);
  });

  it('refuses another order under a used Idempotency-Key', async () => {
    const headers = { 'idempotency-key': 'order-2' };
    await order({ prompt }, headers);
    const other = await order({ prompt: 'Something else' }, headers);

    expect(other.status).toBe(422);
    expect(other.body).toMatchObject({ code: 'idempotency_mismatch' });
  });

  it('repeats an accepted order although its image is gone', async () => {
    const headers = { 'idempotency-key': 'order-3' };
    const body = { prompt, first_frame_image: dataUri(createPng({ width: 400, height: 400 })) };
    const [first, again] = [await order(body, headers), await order(body, headers)];

    expect(again.body).toEqual(first.body);
    expect(api.objects).toHaveLength(1);
  });

  it('takes an uploaded file by its id', async () => {
    const upload = await api.call({
      method: 'POST',
      path: '/v1/uploads',
      json: { content_type: 'image/png' },
    });
    expect(upload.body).toMatchObject({
      object: 'upload',
      method: 'PUT',
      id: expect.stringMatching(/^file_/),
    });
    const { id, url, headers } = uploadSchema.parse(upload.body);
    const image = new Uint8Array(createPng({ width: 500, height: 500 }));
    expect((await fetch(url, { method: 'PUT', headers, body: image })).status).toBe(200);

    const { body } = await order({ prompt, first_frame_image: { file_id: id } });

    expect(body).toMatchObject({ status: 'queued', size: '720x720' });
  });
});

describe('a refused order', () => {
  const png = createPng({ width: 640, height: 480 });

  it.each([
    ['a wrong type', { prompt: 5 }, 'prompt', 'wrong_type', /must be text; got a number/],
    ['a list as body', [], 'body', 'wrong_type', /JSON object/],
    [
      'an unknown model',
      { model: 'hailuo-99', prompt },
      'model',
      'unknown_model',
      /"hailuo-99".*hailuo-01.*t2v-01/,
    ],
    [
      'an unknown provider',
      { prompt, provider: 'acme' },
      'provider',
      'unknown_provider',
      /auto, piapi, cloudsway/,
    ],
    ['an unknown field', { prompt, colour: 'red' }, 'colour', 'unknown_field', /known are model, prompt/],
    ['no prompt', {}, 'prompt', 'missing_field', /prompt is required/],
    ['a blank prompt', { prompt: '  ' }, 'prompt', 'missing_field', /prompt is required/],
    [
      'a prompt over the limit by code points',
      { prompt: '🌊'.repeat(2001) },
      'prompt',
      'prompt_too_long',
      /2001.*2000/,
    ],
    [
      'a duration that nobody offers',
      { prompt, seconds: 0 },
      'seconds',
      'not_offered',
      /0 seconds.*6 seconds at 720P/,
    ],
    [
      'a resolution that nobody offers',
      { prompt, resolution: '1080p' },
      'resolution',
      'not_offered',
      /1080P.*720P/,
    ],
    [
      'a resolution that does not exist',
      { prompt, resolution: '999P' },
      'resolution',
      'not_offered',
      /"999P"/,
    ],
    ['a seed where none is supported', { prompt, seed: 0 }, 'seed', 'not_offered', /seed is not offered/],
    [
      'too much metadata',
      { prompt, metadata: { a: 'x'.repeat(2048) } },
      'metadata',
      'metadata_too_large',
      /2048/,
    ],
    [
      'metadata that is no text',
      { prompt, metadata: { a: 1 } },
      'metadata.a',
      'wrong_type',
      /object of texts/,
    ],
    [
      'a ceiling below the price',
      { prompt, max_cost_usd: '0.1' },
      'max_cost_usd',
      'max_cost_exceeded',
      /0\.20.*0\.10/,
    ],
    [
      'an image on a text-only model, without fetching it',
      { prompt, model: 't2v-01', first_frame_image: 'https://127.0.0.1/x.png' },
      'first_frame_image',
      'image_not_supported',
      /hailuo-01 t2v, which takes no image/,
    ],
    [
      'a model of images without one',
      { prompt, model: 'i2v-01' },
      'first_frame_image',
      'missing_field',
      /required/,
    ],
    [
      'a GIF',
      { prompt, first_frame_image: dataUri(createGif()) },
      'first_frame_image',
      'image_format',
      /GIF/,
    ],
    [
      'an image that is too small',
      { prompt, first_frame_image: dataUri(createPng({ width: 299, height: 400 })) },
      'first_frame_image',
      'image_side',
      /299x400.*at least 300/,
    ],
    [
      'an image that is too wide',
      { prompt, first_frame_image: dataUri(createPng({ width: 1000, height: 400 })) },
      'first_frame_image',
      'image_aspect',
      /2\.500.*between 0\.4 and 2\.5/,
    ],
    ['no image', { prompt, first_frame_image: 'lighthouse' }, 'first_frame_image', 'wrong_type', /https URL/],
    [
      'two first frames',
      { prompt, first_frame_image: dataUri(png), input_reference: dataUri(png) },
      'input_reference',
      'conflicting_fields',
      /mean the same/,
    ],
    [
      'a private address',
      { prompt, first_frame_image: 'https://169.254.169.254/latest' },
      'first_frame_image',
      'image_unreachable',
      /169\.254\.169\.254.*public/,
    ],
    [
      'an upload that is not there',
      { prompt, first_frame_image: { file_id: 'file_AAAAAAAAAAAA' } },
      'first_frame_image',
      'file_not_found',
      /file_AAAAAAAAAAAA/,
    ],
  ])('names %s', async (_, json, param, code, message) => {
    const { status, body } = await order(json);

    expect(status).toBe(422);
    expect(body).toMatchObject({ code: 'invalid_request', param, error: { code, param } });
    expect(body).toMatchObject({ errors: [{ param, code, message: expect.stringMatching(message) }] });
    expect(api.started).toEqual([]);
    expect(api.objects).toEqual([]);
  });

  it('names the host of an image that cannot be fetched', async () => {
    const { body } = await order({ prompt, first_frame_image: `${api.webUrl}/gone.png?token=secret` });

    const message = expect.stringMatching(/127\.0\.0\.1:\d+.*404/);
    expect(body).toMatchObject({ errors: [{ code: 'image_unreachable', message }] });
    expect(JSON.stringify(body)).not.toContain('secret');
  });

  it('names an uploaded image that is larger than any offer takes', async () => {
    const { body: upload } = await api.call({ method: 'POST', path: '/v1/uploads' });
    const { id, url } = uploadSchema.parse(upload);
    await fetch(url, { method: 'PUT', body: new Uint8Array(21 * 1024 * 1024) });

    const { body } = await order({ prompt, first_frame_image: { file_id: id } });

    expect(body).toMatchObject({ errors: [{ code: 'image_size', param: 'first_frame_image' }] });
  });

  it('tells all its faults at once', async () => {
    const { body } = await order({ model: 'hailuo-99', seconds: true, colour: 'red', provider: 'acme' });

    const { errors } = z.object({ errors: z.array(z.object({ param: z.string() })) }).parse(body);
    expect(errors.map(({ param }) => param).sort()).toEqual(['colour', 'model', 'provider', 'seconds']);
  });

  it('holds nothing', async () => {
    const before = await readMonth(api.tables, 'acme', month);
    await order({ prompt, seconds: 60 });

    expect(await readMonth(api.tables, 'acme', month)).toEqual(before);
  });

  it.each([
    ['bad JSON', '{"prompt": ', 'application/json', 400, 'invalid_json'],
    ['a broken form', 'no boundary', 'multipart/form-data; boundary=x', 400, 'invalid_multipart'],
    ['another content type', 'prompt=x', 'application/x-www-form-urlencoded', 415, 'unsupported_media_type'],
    ['a body over 4.5 MB', ' '.repeat(4_718_593), 'application/json', 413, 'request_too_large'],
  ])('is a problem for %s', async (_, body, type, status, code) => {
    const answer = await api.call({
      method: 'POST',
      path: '/v1/videos',
      body,
      headers: { 'content-type': type },
    });

    expect(answer.status).toBe(status);
    expect(answer.headers).toMatchObject({ 'content-type': 'application/problem+json' });
    expect(answer.body).toMatchObject({ type: `urn:conch:error:${code}`, status, code, error: { code } });
  });

  it('says where a large image belongs', async () => {
    const body = new Uint8Array(5_000_000);
    const headers = { 'content-type': 'application/json' };
    const answer = await api.call({ method: 'POST', path: '/v1/videos', body, headers });

    expect(answer.body).toMatchObject({ detail: expect.stringContaining('POST /v1/uploads') });
  });

  it('names a form field that is given twice', async () => {
    const form = new FormData();
    for (const text of ['one', 'two']) form.append('prompt', text);
    const answer = await api.call({ method: 'POST', path: '/v1/videos', ...(await encodeForm(form)) });

    expect(answer.body).toMatchObject({ errors: [{ param: 'prompt', code: 'conflicting_fields' }] });
  });
});
