import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { sha256 } from '../../shared/ids.ts';
import { createContractedFetch } from '../support/contract/contracted-fetch.ts';
import { createPng } from '../support/images.ts';
import { type GatewayUnderTest, openGatewayUnderTest, videoSeconds } from './support/gateway-under-test.ts';
import { readVideo, type Video, videoSchema } from './support/public-api.ts';

/** The main job by the public API alone, on the gateway of CONCH_URL where it is set. */
const timeout = videoSeconds * 1000;

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
            prices: z.array(z.object({ usd: z.string() })).min(1),
          }),
        ),
      }),
    }),
  ),
});
const listSchema = z.object({ object: z.literal('list'), data: z.array(videoSchema), has_more: z.boolean() });
const uploadSchema = z.object({
  id: z.string(),
  url: z.url(),
  method: z.literal('PUT'),
  headers: z.record(z.string(), z.string()),
});

let gateway: GatewayUnderTest;
beforeAll(async () => {
  gateway = await openGatewayUnderTest();
});
afterAll(() => gateway.close());

/** The first of each provider. */
async function listTextOffers() {
  const { data } = modelsSchema.parse(await (await gateway.api.call('/v1/models')).json());
  const offers = data.flatMap((model) =>
    model.gateway.offers.map((offer) => ({ model: model.id, ...offer })),
  );
  const textOffers = offers.filter(({ operation }) => operation === 't2v');
  return [...new Map(textOffers.toReversed().map((offer) => [offer.provider, offer])).values()];
}

async function completeOrder(body: object): Promise<Video> {
  return requireCompleted(await gateway.api.order(body));
}

async function requireCompleted({ id }: Video): Promise<Video> {
  const video = await gateway.api.untilOver(id, videoSeconds);
  expect(video).toMatchObject({ status: 'completed', progress: 100, error: null });
  return video;
}

function createFrame(): Buffer {
  return createPng({ width: 512, height: 384 });
}

async function download(location: string, headers: Readonly<Record<string, string>> = {}) {
  const response = await createContractedFetch(gateway.url)(location, { headers });
  return { status: response.status, bytes: Buffer.from(await response.arrayBuffer()) };
}

describe.concurrent('an order', { timeout }, () => {
  it('of JSON becomes a video in the bucket at every provider, for the price that its models list', async () => {
    const offers = await listTextOffers();
    expect(offers).not.toEqual([]);
    await Promise.all(
      offers.map(async ({ provider, model, prices }) => {
        const created = await gateway.api.order({
          prompt: 'A lighthouse at dusk [Push in]',
          model,
          provider,
        });
        expect(created).toMatchObject({ status: 'queued', model, gateway: { provider } });
        const { gateway: made } = await requireCompleted(created);
        expect(prices.map(({ usd }) => usd)).toContain(made.cost.charged);
        expect(made.attempts).toMatchObject([{ provider, job_id: expect.any(String), outcome: 'accepted' }]);
      }),
    );
  });

  it('by form with a file becomes a video from that image', async () => {
    const body = new FormData();
    body.set('prompt', 'The waves begin to move');
    body.set('seconds', '6');
    body.set('input_reference', new Blob([createFrame()], { type: 'image/png' }), 'frame.png');
    const created = await readVideo(await gateway.api.call('/v1/videos', { method: 'POST', body }));
    expect((await requireCompleted(created)).gateway.operation).toBe('i2v');
  });

  it('with a data URI becomes a video from that image', async () => {
    const frame = `data:image/png;base64,${createFrame().toString('base64')}`;
    const video = await completeOrder({
      prompt: 'The waves begin to move',
      first_frame_image: frame,
    });
    expect(video.gateway.operation).toBe('i2v');
  });

  it('with the id of an uploaded file becomes a video from that image', async () => {
    const created = await gateway.api.call('/v1/uploads', { method: 'POST' });
    const upload = uploadSchema.parse(await created.json());
    const stored = await fetch(upload.url, { ...upload, body: createFrame() });
    expect(stored.status).toBe(200);
    const image = { file_id: upload.id };
    const video = await completeOrder({
      prompt: 'The waves begin to move',
      first_frame_image: image,
    });
    expect(video.gateway.operation).toBe('i2v');
  });

  it('that is repeated with its Idempotency-Key is the same video', async () => {
    const key = { 'idempotency-key': `main-job-${Date.now()}` };
    const order = { prompt: 'A lighthouse at dusk' };
    const [first, second] = [await gateway.api.order(order, key), await gateway.api.order(order, key)];
    expect(second.id).toBe(first.id);
    await requireCompleted(first);
  });
});

describe('a completed video', { timeout }, () => {
  let video: Video;
  beforeAll(async () => {
    video = await completeOrder({ prompt: 'A lighthouse at dusk' });
  }, timeout);

  it('is downloaded by a redirect that needs no key, whole and in ranges', async () => {
    const { result } = video.gateway;
    const redirect = await gateway.api.call(`/v1/videos/${video.id}/content`);
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

  it('is in the list, newest first, and a page goes on after it', async () => {
    const newer = await gateway.api.order({ prompt: 'A ship at dawn' });
    const readList = async (query: string) =>
      listSchema.parse(await (await gateway.api.call(`/v1/videos?${query}`)).json()).data.map(({ id }) => id);
    const ids = await readList('limit=100');
    expect(ids.indexOf(newer.id)).toBeLessThan(ids.indexOf(video.id));
    expect(await readList(`limit=1&after=${newer.id}`)).not.toContain(newer.id);
    await requireCompleted(newer);
  });
});
