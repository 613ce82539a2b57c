import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { encodeForm } from '../../support/http-events.ts';
import { createPng } from '../../support/images.ts';
import { readMonth } from '../../support/orders.ts';
import { type ServedApi, startApi } from '../../support/served-api.ts';

let api: ServedApi;
beforeAll(async () => {
  api = await startApi({ CONCH_PROVIDERS: 'piapi,cloudsway,haiper' });
});
afterAll(() => api.close());
beforeEach(() => {
  api.started.length = 0;
  api.objects.length = 0;
});

const prompt = 'A lighthouse at dusk';
const quote = (json: object) => api.call({ method: 'POST', path: '/v1/videos/quote', json });
const quoteSchema = z.object({
  offers: z.array(z.looseObject({ provider: z.string(), model: z.string(), price: z.string() })),
  excluded: z.array(
    z.object({
      provider: z.string(),
      model: z.string(),
      operation: z.string(),
      native_model: z.string(),
      code: z.string(),
      reason: z.string(),
    }),
  ),
});
const readQuote = async (json: object) => quoteSchema.parse((await quote(json)).body);

describe('POST /v1/videos/quote', () => {
  it('tells who can serve an order at what price, the cheapest first', async () => {
    const { status, body } = await quote({ model: 'hailuo-01', prompt, provider: 'value' });

    expect(status).toBe(200);
    expect(body).toMatchObject({
      object: 'quote',
      offers: [
        {
          provider: 'piapi',
          model: 'hailuo-01',
          operation: 't2v',
          native_model: 't2v-01',
          seconds: 6,
          resolution: '720P',
          size: '1280x720',
          official: false,
          price: '0.20',
          assumed: false,
          typical_seconds: 180,
        },
        { provider: 'cloudsway', price: '0.25', assumed: true },
      ],
    });
  });

  it('has the offers of every model when none is named, those that an order would choose among first', async () => {
    const { offers } = await readQuote({ prompt });

    const models = offers.map(({ model }) => model);
    expect(new Set(models)).toEqual(new Set(['hailuo-2.3', 'hailuo-01', 'hailuo-01-director', 'haiper']));
    expect(models[0]).toBe('hailuo-2.3');
    expect(models.lastIndexOf('hailuo-2.3')).toBeLessThan(models.indexOf('hailuo-01'));
  });

  it('gives each other offer of the model once, with all that is wrong', async () => {
    const { offers, excluded } = await readQuote({ model: 'hailuo-01', prompt, seconds: 8, seed: 1 });

    expect(offers).toEqual([]);
    expect(excluded.map(({ provider, operation }) => `${provider} ${operation}`).sort()).toEqual([
      'cloudsway i2v',
      'cloudsway t2v',
      'haiper t2v',
      'piapi i2v',
      'piapi t2v',
    ]);
    const text = excluded.find(({ provider, operation }) => provider === 'piapi' && operation === 't2v');
    expect(text).toEqual({
      provider: 'piapi',
      model: 'hailuo-01',
      operation: 't2v',
      native_model: 't2v-01',
      code: 'not_offered',
      reason: expect.stringMatching(/^8 seconds is not offered.*; seed 1 is not offered/),
    });
  });

  it('says of a provider once that it sells another model', async () => {
    const { offers, excluded } = await readQuote({ model: 'hailuo-01', prompt });

    expect(offers.map(({ provider }) => provider).sort()).toEqual(['cloudsway', 'piapi']);
    const told = excluded.filter(({ provider }) => provider === 'haiper');
    expect(told).toMatchObject([{ code: 'not_offered', reason: 'This offer is not "hailuo-01"' }]);
  });

  it('says of every offer why it is out when the model is unknown', async () => {
    const { excluded } = await readQuote({ model: 'hailuo-99', prompt });

    expect(excluded.length).toBeGreaterThan(10);
    expect(new Set(excluded.map(({ code }) => code))).toEqual(new Set(['unknown_model']));
  });

  it('quotes what is made from a video only at offers that make it', async () => {
    const source_video = `${api.webUrl}/film.mp4`;

    const { offers, excluded } = await readQuote({ operation: 'extend', extend_seconds: 2, source_video });

    expect(offers).toMatchObject([{ provider: 'haiper', operation: 'extend', seconds: 2, resolution: null }]);
    expect(new Set(excluded.map(({ code }) => code))).toEqual(new Set(['not_offered']));
  });

  it('measures an image, and stores, holds and starts nothing', async () => {
    const month = new Date().toISOString().slice(0, 7);
    const before = await readMonth(api.tables, 'acme', month);
    const form = new FormData();
    form.append('prompt', prompt);
    form.append('model', 'hailuo-01');
    form.append('provider', '["cloudsway", "piapi"]');
    form.append('first_frame_image', new Blob([new Uint8Array(createPng({ width: 300, height: 400 }))]));

    const call = { method: 'POST', path: '/v1/videos/quote', ...(await encodeForm(form)) };
    const { offers, excluded } = quoteSchema.parse((await api.call(call)).body);

    expect(offers).toMatchObject([{ provider: 'piapi', operation: 'i2v' }]);
    expect(excluded).toContainEqual(expect.objectContaining({ provider: 'cloudsway', code: 'image_side' }));
    expect(api.objects).toEqual([]);
    expect(api.started).toEqual([]);
    expect(await readMonth(api.tables, 'acme', month)).toEqual(before);
  });

  it('says that the ceiling is too low for an offer', async () => {
    const { offers, excluded } = await readQuote({ model: 'hailuo-01', prompt, max_cost_usd: '0.2' });

    expect(offers).toMatchObject([{ provider: 'piapi' }]);
    expect(excluded).toContainEqual(
      expect.objectContaining({ provider: 'cloudsway', operation: 't2v', code: 'max_cost_exceeded' }),
    );
  });

  it.each([
    ['a wrong type', { prompt: 5 }, 'prompt', 'wrong_type'],
    ['an unknown field', { prompt, colour: 'red' }, 'colour', 'unknown_field'],
    ['an image that is none', { first_frame_image: 'data:,x' }, 'first_frame_image', 'wrong_type'],
    [
      'a private address',
      { first_frame_image: 'https://10.0.0.1' },
      'first_frame_image',
      'image_unreachable',
    ],
  ])('refuses %s as an order does', async (_, json, param, code) => {
    expect(await quote(json)).toMatchObject({ status: 422, body: { errors: [{ param, code }] } });
  });

  it('needs a key, and is no video', async () => {
    const call = { method: 'POST', path: '/v1/videos/quote', json: { prompt } };

    expect(await api.call({ ...call, headers: { authorization: '' } })).toMatchObject({ status: 401 });
    expect(await api.call({ path: '/v1/videos/quote' })).toMatchObject({ status: 404 });
  });
});
