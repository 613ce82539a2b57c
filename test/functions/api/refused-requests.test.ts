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

describe('a refused order', () => {
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
    ['JSON that is not UTF-8', Buffer.of(0x22, 0xff, 0x22), 'application/json', 400, 'invalid_json'],
    ['a broken form', 'no boundary', 'multipart/form-data; boundary=x', 400, 'invalid_multipart'],
    ['another content type', 'prompt=x', 'application/x-www-form-urlencoded', 415, 'unsupported_media_type'],
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

  it('names input_reference when it was sent, however it was sent', async () => {
    const gif = createGif();
    const forms: Record<string, string | Blob>[] = [
      { input_reference: new Blob([new Uint8Array(gif)]) },
      { input_reference: `{"image_url": "${dataUri(gif)}"}` },
      { 'input_reference[image_url]': dataUri(gif) },
    ];
    const answers = await Promise.all([
      order({ prompt, input_reference: dataUri(gif) }),
      ...forms.map((fields) => orderForm({ prompt, ...fields })),
    ]);

    for (const { body } of answers) {
      const message = expect.stringMatching(/^input_reference: The file is a GIF/);
      expect(body).toMatchObject({ param: 'input_reference', errors: [{ code: 'image_format', message }] });
      expect(JSON.stringify(body)).not.toContain('first_frame_image');
    }
  });

  it.each([
    ['input_reference', 'is too small', 299, 'i2v-01', 'image_side'],
    ['first_frame_image', 'is too small', 299, 'i2v-01', 'image_side'],
    ['input_reference', 'is not taken', 400, 't2v-01', 'image_not_supported'],
  ])('names %s when it was sent and %s', async (param, _, width, model, code) => {
    const { body } = await order({ prompt, model, [param]: dataUri(createPng({ width, height: 400 })) });

    expect(body).toMatchObject({
      errors: [{ param, code, message: expect.stringContaining(`${param} is`) }],
    });
  });

  it('names a form field that is given twice', async () => {
    const form = new FormData();
    for (const text of ['one', 'two']) form.append('prompt', text);
    const answer = await api.call({ method: 'POST', path: '/v1/videos', ...(await encodeForm(form)) });

    expect(answer.body).toMatchObject({ errors: [{ param: 'prompt', code: 'conflicting_fields' }] });
  });

  it.each([
    ['3 brackets', 'metadata[a][b][c]', 'metadata[a][b][c]'],
    ['100,000 brackets', `metadata${'[a]'.repeat(100_000)}`, expect.stringMatching(/^metadata\[a\].{89}…$/)],
  ])('names a form field with %s', async (_, name, param) => {
    const form = new FormData();
    form.append(name, 'x');
    const answer = await api.call({ method: 'POST', path: '/v1/videos', ...(await encodeForm(form)) });

    expect(answer).toMatchObject({ status: 422, body: { errors: [{ param, code: 'unknown_field' }] } });
  });
});
