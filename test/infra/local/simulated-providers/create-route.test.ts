import { describe, expect, it, vi } from 'vitest';
import type { FaultInput } from '../../../../infra/local/simulated-providers/faults.ts';
import { piapi } from '../../../../infra/local/simulated-providers/piapi.ts';
import { createGif, createPng } from '../../../support/images.ts';
import {
  apiKey,
  jobSeconds,
  nobodyThere,
  order,
  piapiOrder,
  serveImage,
  simulate,
  simulateWith,
} from './simulate.ts';

describe('the image of an order', () => {
  const orderFromImage = (image_url: string) => piapiOrder({ input: { model: 'i2v-01', image_url } });

  it('gives the video its shape', async () => {
    const { provider } = await simulate({ dialect: piapi });
    const image = await serveImage(createPng({ width: 400, height: 900 }));

    await order(provider, orderFromImage(image));

    expect(provider.jobs()[0]?.shape).toEqual({ width: 720, height: 1620, seconds: 6 });
  });

  it('fails the job when nobody serves it', async () => {
    const { provider, clock } = await simulate({ dialect: piapi });

    await order(provider, orderFromImage(nobodyThere));
    clock.advance(jobSeconds);

    expect(provider.jobs()).toMatchObject([{ status: 'failed', failure: 'image_unreachable' }]);
  });

  it.each([
    ['a GIF', createGif()],
    ['a text', Buffer.from('no image at all')],
  ])('fails the job when it is %s', async (_name, bytes) => {
    const { provider, clock } = await simulate({ dialect: piapi });

    await order(provider, orderFromImage(await serveImage(bytes)));
    clock.advance(jobSeconds);

    expect(provider.jobs()).toMatchObject([{ status: 'failed', failure: 'not_an_image' }]);
  });

  it('is accepted unseen when it is not on loopback', async () => {
    const { provider, clock } = await simulate({ dialect: piapi });

    await order(provider, orderFromImage('https://images.example/lighthouse.png'));
    clock.advance(jobSeconds);

    expect(provider.jobs()).toMatchObject([{ status: 'succeeded' }]);
  });
});

describe('faults of the answer to an order', () => {
  it.each([
    ['drop_before_accepting', 0],
    ['drop_after_accepting', 1],
  ] as const)('ends the connection on %s, with %d jobs accepted', async (kind, accepted) => {
    const { provider } = await simulateWith({ kind });

    await expect(order(provider)).rejects.toThrow('fetch failed');

    expect(provider.jobs()).toHaveLength(accepted);
    expect(provider.createRequests()).toBe(1);
  });

  it('accepts the job and never answers on create_hangs', async () => {
    const { provider } = await simulateWith({ kind: 'create_hangs' });
    const hanging = order(provider).catch(() => 'the server closed it');

    await vi.waitFor(() => expect(provider.jobs()).toHaveLength(1));
    await provider.close();

    expect(await hanging).toBe('the server closed it');
  });

  it('answers 429 with Retry-After and accepts nothing on create_error', async () => {
    const { provider } = await simulateWith({ kind: 'create_error', status: 429, retryAfterSeconds: 7 });

    const response = await order(provider);

    expect([response.status, response.headers.get('retry-after')]).toEqual([429, '7']);
    expect(provider.jobs()).toEqual([]);
  });

  it('answers a page with status 200 and accepts nothing on create_html', async () => {
    const { provider } = await simulateWith({ kind: 'create_html' });

    const response = await order(provider);

    expect([response.status, response.headers.get('content-type')]).toEqual([
      200,
      'text/html; charset=utf-8',
    ]);
    expect(provider.jobs()).toEqual([]);
  });

  it('refuses the prompt and accepts nothing on moderate_at_submit', async () => {
    const { provider } = await simulateWith({ kind: 'moderate_at_submit' });

    const response = await order(provider);

    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ message: 'the prompt contains sensitive content' });
    expect(provider.jobs()).toEqual([]);
  });
});

describe('faults of the job', () => {
  it.each<[FaultInput, string, string]>([
    [{ kind: 'slow', factor: 3 }, 'running', 'succeeded'],
    [{ kind: 'never_ends' }, 'running', 'running'],
    [{ kind: 'fail' }, 'failed', 'failed'],
    [{ kind: 'moderate' }, 'failed', 'failed'],
  ])('%o makes it %s at its usual end and %s much later', async (fault, atEnd, later) => {
    const { provider, clock } = await simulateWith(fault);
    await order(provider);

    clock.advance(jobSeconds);
    expect(provider.jobs()[0]?.status).toBe(atEnd);
    clock.advance(jobSeconds * 5);
    expect(provider.jobs()[0]?.status).toBe(later);
  });
});

it('lets nobody in without the key, whatever the faults', async () => {
  const { provider } = await simulateWith({ kind: 'create_html' });

  const response = await fetch(`${provider.url}/api/v1/task`, {
    method: 'POST',
    headers: { 'x-api-key': `${apiKey}-not` },
    body: JSON.stringify(piapiOrder({})),
  });

  expect(response.status).toBe(401);
});
