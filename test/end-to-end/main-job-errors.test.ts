import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { createContractedFetch } from '../support/contract/contracted-fetch.ts';
import { type GatewayUnderTest, openGatewayUnderTest } from './support/gateway-under-test.ts';

/** What the public API refuses, on the gateway of CONCH_URL where it is set. */
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

const contractSchema = z.object({ openapi: z.literal('3.1.1'), paths: z.record(z.string(), z.unknown()) });

let gateway: GatewayUnderTest;
beforeAll(async () => {
  gateway = await openGatewayUnderTest();
});
afterAll(() => gateway.close());

describe('the gateway', () => {
  it('says without a key that it is healthy', async () => {
    const contracted = createContractedFetch(gateway.url);
    expect((await contracted(`${gateway.url}/health`)).status).toBe(200);
  });

  it('publishes its contract without a key: to machines, and as a page', async () => {
    const headers = { authorization: '' };
    const openapi = await gateway.api.call('/openapi.json', { headers });
    expect(contractSchema.parse(await openapi.json()).paths).toHaveProperty('/v1/videos');
    const page = await gateway.api.call('/docs', { headers });
    expect(await page.text()).toContain('<code>/v1/videos</code>');

    const known = { ...headers, 'if-none-match': page.headers.get('etag') ?? '' };
    expect((await gateway.api.call('/docs', { headers: known })).status).toBe(304);
    expect((await gateway.api.call('/docs', { headers, method: 'HEAD' })).status).toBe(200);
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
    const response = await gateway.api.call('/v1/videos', { headers });
    expect(problemSchema.parse(await response.json())).toMatchObject({ status, code });
    expect(response.status).toBe(status);
  });

  it.each([
    { title: 'an unknown id', path: '/v1/videos/video_1000000000000000' },
    { title: 'what is no id', path: '/v1/videos/not-a-video' },
    { title: 'the content of an unknown id', path: '/v1/videos/video_1000000000000000/content' },
  ])('answers a call for $title with 404', async ({ path }) => {
    const response = await gateway.api.call(path);
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
    const response = await gateway.api.call('/v1/videos', { method: 'POST', ...toJson(order) });
    expect(response.status).toBe(422);
    const { error } = problemSchema.parse(await response.json());
    expect({ code: error.code, param: error.param }).toEqual({ code, param });
  });
});

function toJson(body: object): RequestInit {
  return { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
