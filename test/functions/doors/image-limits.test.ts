import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startHttpServer } from '../../../infra/local/http-server.ts';
import type { LocalServer } from '../../../infra/local/local-server.ts';
import { createPng, createWebp } from '../../support/images.ts';
import { type ServedApi, startApi } from '../../support/served-api.ts';

let images: LocalServer;
let api: ServedApi;
beforeAll(async () => {
  images = await startHttpServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://images.test');
    const [, width, height, format] = /^\/(\d+)x(\d+)\.(\w+)$/.exec(pathname) ?? [];
    const shape = { width: Number(width), height: Number(height) };
    const bytes = format === 'webp' ? createWebp(shape) : createPng(shape);
    response.setHeader('content-length', searchParams.get('bytes') ?? bytes.length);
    response.write(bytes);
  });
  api = await startApi({ CONCH_TRUSTED_ORIGINS: images.url });
});
afterAll(() => Promise.all([images.close(), api.close()]));

interface ImageOrder {
  readonly path: string;
  /** The body that names the image. */
  readonly order: (image: string) => object;
  /** What a refusal for its image says besides the reason. */
  readonly refusal: { readonly status: number; readonly code: unknown; readonly named: string };
  readonly isMarketOfKie?: boolean;
}

const prompt = 'Fog';
const market = {
  path: '/api/v1/jobs/createTask',
  order: (image_url: string) => ({
    model: 'hailuo/2-3-image-to-video-standard',
    input: { prompt, image_url },
  }),
  refusal: { status: 422, code: 422, named: 'input.image_url' },
};

const doors = {
  piapi: {
    path: '/api/v1/task',
    order: (image_url: string) => ({
      model: 'hailuo',
      task_type: 'video_generation',
      input: { model: 'i2v-01', image_url },
    }),
    refusal: { status: 400, code: 400, named: 'input.image_url' },
  },
  'cloudsway i2v': {
    path: '/v1/ai/i2v/hailuo/video/generate',
    order: (firstFrameImage: string) => ({ firstFrameImage }),
    refusal: { status: 400, code: '400', named: 'firstFrameImage' },
  },
  'cloudsway s2v': {
    path: '/v1/ai/s2v/hailuo/video/generate',
    order: (image: string) => ({ subjectReference: [{ type: 'character', image: [image] }] }),
    refusal: { status: 400, code: '400', named: 'subjectReference' },
  },
  apixo: {
    path: '/api/v1/generateTask/hailuo-2-3',
    order: (image: string) => ({
      input: { mode: 'standard-image-to-video', prompt, image_urls: [image], duration: 6 },
    }),
    refusal: { status: 400, code: 400, named: 'input.image_urls' },
  },
  kie: {
    path: '/api/v1/hailuo/generate',
    order: (imageUrl: string) => ({ prompt, imageUrl, model: 'hailuo-2-3' }),
    refusal: { status: 400, code: 1002, named: 'imageUrl' },
  },
  apikley: market,
  'kie-market': { ...market, isMarketOfKie: true },
} satisfies Readonly<Record<string, ImageOrder>>;

function send(name: keyof typeof doors, image: string) {
  const { path, order, isMarketOfKie }: ImageOrder = doors[name];
  const headers = isMarketOfKie ? { authorization: `Bearer ${api.keys.kieMarket}` } : {};
  return api.call({ method: 'POST', path, json: order(`${images.url}${image}`), headers });
}

const megabytes10 = 10 * 1024 * 1024;
const megabytes20 = 20 * 1024 * 1024;
const ofBytes = (bytes: number) => `/600x400.png?bytes=${bytes}`;

describe('the document of a door', () => {
  it.each([
    ['piapi', '/600x400.webp', 'is webp; allowed are jpeg, png'],
    ['piapi', ofBytes(megabytes10 + 1), 'has 10485761 bytes; at most 10485760'],
    ['piapi', '/4097x1700.png', 'is 4097x1700 pixels; each side must have at least 300 and at most 4096'],
    ['piapi', '/1000x400.png', 'has width ÷ height 2.500'],
    ['cloudsway i2v', '/600x400.webp', 'is webp; allowed are jpeg, png'],
    ['cloudsway i2v', '/300x400.png', 'is 300x400 pixels; each side must have at least 301'],
    ['cloudsway i2v', ofBytes(megabytes20 + 1), 'more than the 20971520 bytes'],
    ['cloudsway s2v', '/600x400.webp', 'is webp; allowed are jpeg, png'],
    ['apixo', '/600x400.webp', 'is webp; allowed are jpeg, png'],
    ['apixo', '/300x400.png', 'is 300x400 pixels; each side must have at least 301'],
    ['apixo', ofBytes(megabytes20 + 1), 'more than the 20971520 bytes'],
    ['kie', ofBytes(megabytes10 + 1), 'has 10485761 bytes; at most 10485760'],
    ['apikley', ofBytes(megabytes10 + 1), 'has 10485761 bytes; at most 10485760'],
    ['kie-market', ofBytes(megabytes10 + 1), 'has 10485761 bytes; at most 10485760'],
  ] as const)('of %s refuses the image %s, whoever would take it', async (name, image, reason) => {
    const { status, code, named } = doors[name].refusal;
    const started = api.started.length;

    const answer = await send(name, image);

    expect(answer).toMatchObject({ status, body: { code } });
    const text = JSON.stringify(answer.body);
    expect(text).toContain(named);
    expect(text).toContain(reason);
    expect(api.started).toHaveLength(started);
  });

  it.each([
    ['piapi', ofBytes(megabytes10)],
    ['piapi', '/300x400.png'],
    ['cloudsway i2v', ofBytes(megabytes20)],
    ['apixo', ofBytes(megabytes20 - 1)],
    ['kie', '/600x400.webp'],
    ['kie', ofBytes(megabytes10)],
    ['apikley', '/600x400.webp'],
    ['kie-market', '/600x400.webp'],
  ] as const)('of %s takes the image %s', async (name, image) => {
    const started = api.started.length;

    expect(await send(name, image)).toMatchObject({ status: 200 });
    expect(api.started).toHaveLength(started + 1);
  });
});
