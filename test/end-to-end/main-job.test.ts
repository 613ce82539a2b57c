import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { gatewayAddressConfig, readConfig } from '../../shared/config.ts';
import { sha256 } from '../../shared/ids.ts';
import { startTestGateway } from '../support/gateway.ts';
import { createPng } from '../support/images.ts';
import { createPublicApi, type PublicApi, readVideo, type Video, videoSchema } from './support/public-api.ts';

/**
 * The main job by the public API alone: against the gateway of CONCH_URL with the key of CONCH_API_KEY where
 * they are set, else against a local one.
 */
const { CONCH_URL, CONCH_API_KEY } = readConfig(gatewayAddressConfig);
/** Real providers take minutes; the whole table of them runs side by side. */
const timeoutSeconds = CONCH_URL === undefined ? 60 : 30 * 60;
const timeout = timeoutSeconds * 1000;

const modelsSchema = z.object({
  object: z.literal('list'),
  data: z.array(
    z.object({
      id: z.string(),
      gateway: z.object({
        offers: z.array(
          z.object({
            provider: z.string(),
            operation: z.string(),
            prices: z.array(z.object({ seconds: z.number(), usd: z.string() })).min(1),
          }),
        ),
      }),
    }),
  ),
});
const listSchema = z.object({ object: z.literal('list'), data: z.array(videoSchema), has_more: z.boolean() });
const problemSchema = z.object({
  status: z.int(),
  code: z.string(),
  error: z.object({
    message: z.string().min(1),
    type: z.string(),
    code: z.string(),
    param: z.string().nullable(),
  }),
});
const uploadSchema = z.object({
  id: z.string(),
  url: z.url(),
  method: z.literal('PUT'),
  headers: z.record(z.string(), z.string()),
});

let url: string;
let api: PublicApi;
let close = async () => {};

beforeAll(async () => {
  if (CONCH_URL !== undefined) {
    if (CONCH_API_KEY === undefined) throw new Error('CONCH_URL is set, so CONCH_API_KEY must be set too');
    url = CONCH_URL.replace(/\/+$/, '');
    api = createPublicApi({ url, apiKey: CONCH_API_KEY });
    return;
  }
  const gateway = await startTestGateway();
  url = gateway.url;
  api = createPublicApi(gateway.local);
  close = () => gateway.close();
});
afterAll(() => close());

async function listTextOffers() {
  const { data } = modelsSchema.parse(await (await api.call('/v1/models')).json());
  const offers = data.flatMap(({ id: model, gateway }) =>
    gateway.offers.map((offer) => ({ model, ...offer })),
  );
  const textOffers = offers.filter(({ operation }) => operation === 't2v');
  return [...new Map(textOffers.map((offer) => [offer.provider, offer])).values()];
}

async function completeOrder(body: object): Promise<Video> {
  return requireCompleted(await api.order(body));
}

async function requireCompleted({ id }: Video): Promise<Video> {
  const video = await api.untilOver(id, timeoutSeconds);
  expect(video).toMatchObject({ status: 'completed', progress: 100, error: null });
  return video;
}

function createFrame(): Buffer {
  return createPng({ width: 512, height: 384 });
}

async function download(location: string, headers: Readonly<Record<string, string>> = {}) {
  const response = await fetch(location, { headers });
  return { status: response.status, bytes: Buffer.from(await response.arrayBuffer()) };
}

describe('an order', () => {
  it(
    'of JSON becomes a video in the bucket at every provider, for the price that its models list',
    async () => {
      const offers = await listTextOffers();
      expect(offers).not.toEqual([]);
      await Promise.all(
        offers.map(async ({ provider, model, prices }) => {
          const created = await api.order({ prompt: 'A lighthouse at dusk [Push in]', model, provider });
          expect(created).toMatchObject({ status: 'queued', model, gateway: { provider } });
          const { gateway } = await requireCompleted(created);
          expect(prices.map(({ usd }) => usd)).toContain(gateway.cost.charged);
          expect(gateway.attempts).toEqual([{ provider, job_id: expect.any(String), outcome: 'accepted' }]);
        }),
      );
    },
    timeout,
  );

  it(
    'by form with a file becomes a video from that image',
    async () => {
      const body = new FormData();
      body.set('prompt', 'The waves begin to move');
      body.set('seconds', '6');
      body.set('input_reference', new Blob([createFrame()], { type: 'image/png' }), 'frame.png');
      const created = await readVideo(await api.call('/v1/videos', { method: 'POST', body }));
      expect((await requireCompleted(created)).gateway).toMatchObject({ operation: 'i2v' });
    },
    timeout,
  );

  it(
    'with a data URI becomes a video from that image',
    async () => {
      const frame = `data:image/png;base64,${createFrame().toString('base64')}`;
      const { gateway } = await completeOrder({
        prompt: 'The waves begin to move',
        first_frame_image: frame,
      });
      expect(gateway).toMatchObject({ operation: 'i2v' });
    },
    timeout,
  );

  it(
    'with the id of an uploaded file becomes a video from that image',
    async () => {
      const created = await api.call('/v1/uploads', { method: 'POST' });
      const upload = uploadSchema.parse(await created.json());
      const stored = await fetch(upload.url, { ...upload, body: createFrame() });
      expect(stored.status).toBe(200);
      const image = { file_id: upload.id };
      const { gateway } = await completeOrder({
        prompt: 'The waves begin to move',
        first_frame_image: image,
      });
      expect(gateway).toMatchObject({ operation: 'i2v' });
    },
    timeout,
  );

  it(
    'that is repeated with its Idempotency-Key is the same video',
    async () => {
      const key = { 'idempotency-key': `main-job-${Date.now()}` };
      const order = { prompt: 'A lighthouse at dusk' };
      const [first, second] = [await api.order(order, key), await api.order(order, key)];
      expect(second.id).toBe(first.id);
      await requireCompleted(first);
    },
    timeout,
  );
});

describe('a completed video', () => {
  let video: Video;
  beforeAll(async () => {
    video = await completeOrder({ prompt: 'A lighthouse at dusk' });
  }, timeout);

  it('is downloaded by a redirect that needs no key, whole and in ranges', async () => {
    const { result } = video.gateway;
    const redirect = await api.call(`/v1/videos/${video.id}/content`);
    const location = redirect.headers.get('location') ?? '';
    expect(redirect.status).toBe(302);

    const whole = await download(location);
    expect(whole.bytes.toString('latin1', 4, 8)).toBe('ftyp');
    expect({ bytes: whole.bytes.length, sha256: sha256(whole.bytes) }).toEqual({
      bytes: result?.bytes,
      sha256: result?.sha256,
    });
    const range = await download(location, { range: 'bytes=4-7' });
    expect({ status: range.status, text: range.bytes.toString() }).toEqual({ status: 206, text: 'ftyp' });
  });

  it('is opened by its keyless link, and not by another secret', async () => {
    const link = video.gateway.result?.url ?? '';
    const opened = await download(link);
    expect(opened.bytes.length).toBe(video.gateway.result?.bytes);
    const guessed = link.replace(/[^/]+\.mp4$/, `${'A'.repeat(43)}.mp4`);
    expect((await download(guessed)).status).toBe(404);
  });

  it(
    'is in the list, newest first, and a page goes on after it',
    async () => {
      const newer = await api.order({ prompt: 'A ship at dawn' });
      const readList = async (query: string) =>
        listSchema.parse(await (await api.call(`/v1/videos?${query}`)).json()).data.map(({ id }) => id);
      const ids = await readList('limit=100');
      expect(ids.indexOf(newer.id)).toBeLessThan(ids.indexOf(video.id));
      expect(await readList(`limit=1&after=${newer.id}`)).not.toContain(newer.id);
      await requireCompleted(newer);
    },
    timeout,
  );
});

describe('the gateway', () => {
  it('says without a key that it is healthy', async () => {
    expect((await fetch(`${url}/health`)).status).toBe(200);
  });

  it.each([
    { title: 'no key', headers: { authorization: '' }, status: 401, code: 'missing_key' },
    {
      title: 'a wrong key',
      headers: { authorization: 'Bearer conch_wrong' },
      status: 401,
      code: 'invalid_key',
    },
  ])('answers a call with $title with $status', async ({ headers, status, code }) => {
    const response = await api.call('/v1/videos', { headers });
    expect(problemSchema.parse(await response.json())).toMatchObject({ status, code });
    expect(response.status).toBe(status);
  });

  it.each([
    { title: 'an unknown id', path: '/v1/videos/video_1000000000000000' },
    { title: 'what is no id', path: '/v1/videos/not-a-video' },
    { title: 'the content of an unknown id', path: '/v1/videos/video_1000000000000000/content' },
  ])('answers a call for $title with 404', async ({ path }) => {
    const response = await api.call(path);
    expect(response.status).toBe(404);
    expect(problemSchema.parse(await response.json())).toMatchObject({ status: 404, code: 'not_found' });
  });

  it.each([
    { title: 'an unknown field', order: { promt: 'A lighthouse' }, code: 'unknown_field', param: 'promt' },
    {
      title: 'an unknown model',
      order: { prompt: 'x', model: 'sora-2' },
      code: 'unknown_model',
      param: 'model',
    },
    {
      title: 'a length nobody sells',
      order: { prompt: 'x', seconds: 7 },
      code: 'not_offered',
      param: 'seconds',
    },
    {
      title: 'a private image',
      order: { prompt: 'x', first_frame_image: 'http://169.254.169.254/frame.png' },
      code: 'image_unreachable',
      param: 'first_frame_image',
    },
  ])('refuses an order with $title and names the field', async ({ order, code, param }) => {
    const response = await api.call('/v1/videos', { method: 'POST', ...toJson(order) });
    expect(response.status).toBe(422);
    const { error } = problemSchema.parse(await response.json());
    expect({ code: error.code, param: error.param }).toEqual({ code, param });
  });
});

function toJson(body: object): RequestInit {
  return { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
