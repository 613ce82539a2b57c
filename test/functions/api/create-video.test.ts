import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { encodeForm } from '../../support/http-events.ts';
import { createPng } from '../../support/images.ts';
import { readMonth } from '../../support/orders.ts';
import { type ServedApi, startApi, twoProviders } from '../../support/served-api.ts';

let api: ServedApi;
beforeAll(async () => {
  api = await startApi(twoProviders);
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

    const { status, headers, body } = await order({
      model: 'hailuo-01',
      prompt,
      provider: ['cloudsway', 'piapi'],
      max_cost_usd: '0.2',
      metadata: { shot: '7' },
    });

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

  it('takes the objects of a form as JSON text', async () => {
    const answer = await orderForm({
      prompt,
      metadata: '{"shot": "7"}',
      first_frame_image: ` {"image_url": {"url": "${api.imageUrl(600, 900)}"}}`,
    });

    expect(answer.body).toMatchObject({ metadata: { shot: '7' }, gateway: { operation: 'i2v' } });
  });

  it.each([
    ['metadata', '{"a": 1}', 'metadata.a'],
    ['metadata', '{"a": ', 'metadata'],
    ['metadata', '["a"]', 'metadata'],
    ['input_reference', '{"url": "https://a.test"}', 'input_reference'],
    ['input_reference', '{', 'input_reference'],
  ])('refuses %s of a form as %s', async (name, text, param) => {
    const { body } = await orderForm({ prompt, [name]: text });

    expect(body).toMatchObject({ errors: [{ param, code: 'wrong_type' }] });
  });

  it('takes JSON that begins with a byte order mark', async () => {
    const call = { method: 'POST', path: '/v1/videos', headers: { 'content-type': 'application/json' } };

    expect(await api.call({ ...call, body: `\ufeff{"prompt": "Sea"}` })).toMatchObject({ status: 200 });
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

  it('takes an empty Idempotency-Key for none', async () => {
    const headers = { 'idempotency-key': ' ' };
    const [first, second] = [await order({ prompt }, headers), await order({ prompt: 'Another' }, headers)];

    expect([first.status, second.status]).toEqual([200, 200]);
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

    const { body } = await order({ prompt, model: 'hailuo-01', first_frame_image: { file_id: id } });

    expect(body).toMatchObject({ status: 'queued', size: '720x720' });
  });

  it("takes an object of the account's own and keeps its bytes", async () => {
    const key = 'inbox/acme/Le phare (1).png';
    await api.putObject(key, createPng({ width: 500, height: 500 }));

    const { body } = await order({ prompt, first_frame_image: `s3://media/${key}` });

    expect(body).toMatchObject({ status: 'queued', gateway: { operation: 'i2v' } });
    expect(api.objects.at(-1)).toMatch(/^inputs\/acme\/[0-9a-f]{64}\.png$/);
  });

  it.each([
    's3://media/inbox/acme/absent.png',
    's3://media/inbox/rival/there.png',
    's3://media/inbox/acme/../rival/there.png',
    's3://media/videos/there.png',
    's3://elsewhere/inbox/acme/there.png',
  ])('finds no %s', async (address) => {
    await api.putObject('inbox/rival/there.png', createPng({ width: 500, height: 500 }));
    await api.putObject('videos/there.png', createPng({ width: 500, height: 500 }));

    const { body } = await order({ prompt, first_frame_image: address });

    expect(body).toMatchObject({ errors: [{ param: 'first_frame_image', code: 'file_not_found' }] });
  });

  it('says what becomes of camera moves at the offer that is bought', async () => {
    const moves = '[Pan left, Push in]';
    const translated = { model: 'hailuo-01-director', provider: 'cloudsway', prompt: moves };

    expect((await order(translated)).body).toMatchObject({
      prompt: moves,
      gateway: {
        warnings: [
          { code: 'camera_translated', message: expect.stringContaining('[Pan left] → [Tilt Left]') },
        ],
      },
    });
    expect((await order({ model: 'hailuo-01', prompt: moves })).body).toMatchObject({
      gateway: { warnings: [{ code: 'camera_undocumented' }] },
    });
  });
});
