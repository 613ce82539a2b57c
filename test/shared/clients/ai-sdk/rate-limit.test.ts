import { experimental_generateVideo as generateVideo } from 'ai';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createConch } from '../../../../shared/clients/ai-sdk/create-conch.ts';
import { secondsAfter } from '../../../../shared/clock.ts';
import { fromVideoId } from '../../../../shared/ids.ts';
import { createMediaStore, createS3Client } from '../../../../shared/storage/media-store.ts';
import { createApiFetch } from '../../../support/api-fetch.ts';
import { film } from '../../../support/completed-task.ts';
import { type RoutesOnClock, startRoutesOnClock } from '../../../support/routes-on-clock.ts';

let routes: RoutesOnClock;
beforeAll(() => void vi.stubGlobal('AI_SDK_LOG_WARNINGS', false));
afterAll(() => void vi.unstubAllGlobals());

const prompt = 'A lighthouse at dusk';
const models = { path: '/v1/models' };
const baseURL = 'http://gateway.test/v1';

/** A bucket whose links need no server. */
const media = {
  ...createMediaStore({ client: createS3Client(), bucket: 'media' }),
  presignGet: async () => `data:video/mp4,${encodeURIComponent(film)}`,
};

async function complete(id: string): Promise<void> {
  const now = routes.clock.now();
  const result = { key: 'videos/a.mp4', bytes: film.length, sha256: 'f'.repeat(64) };
  const set = { result, completedAt: now.toISOString(), expiresAt: secondsAfter(now, 3600) };
  await routes.tables.tasks.transition(id, { from: ['accepted'], to: 'completed', set });
}

/** A model for a key of so many requests a minute, whose waits move the clock and end with `onWaited`. */
async function limitedCustomer(requestsPerMinute: number, onWaited = async (_key: string) => {}) {
  const { text: apiKey } = await routes.newKey({ requestsPerMinute });
  const reach = createApiFetch((call) => routes.call(apiKey, call, { media }));
  const delays: number[] = [];
  const conch = createConch({
    baseURL,
    apiKey,
    fetch: async (input, init) => {
      const [, id = ''] = /\/videos\/(\w+)\?wait=/.exec(`${input}`) ?? [];
      if (id !== '') await complete(fromVideoId(id) ?? '');
      return reach(input, init);
    },
    delay: async (ms) => {
      delays.push(ms);
      routes.clock.advance(ms / 1000);
      await onWaited(apiKey);
    },
  });
  return { apiKey, model: conch.video('hailuo-01'), delays };
}

describe('a key with a limit of requests', () => {
  beforeEach(async () => {
    routes = await startRoutesOnClock();
    return () => routes.close();
  });

  it('waits as it is told to before it looks and before it downloads, and gets its video', async () => {
    const { model, delays } = await limitedCustomer(1);

    const { video } = await generateVideo({ model, prompt });

    expect(Buffer.from(video.uint8Array).toString()).toBe(film);
    expect(delays).toEqual([22_000, 60_000]);
    expect(routes.started).toHaveLength(1);
  });

  it.each([
    ['an order', 0],
    ['a look', 1],
    ['a download', 2],
  ])('waits for seven minutes with %s while another uses the key up', async (_, requests) => {
    let minutes = 7;
    const useUp = async (key: string) => {
      minutes -= 1;
      if (minutes > 0) for (let calls = 0; calls < 3; calls += 1) await routes.call(key, models);
    };
    const { apiKey, model, delays } = await limitedCustomer(3, useUp);
    for (let calls = requests; calls < 3; calls += 1) await routes.call(apiKey, models);

    const { video } = await generateVideo({ model, prompt });

    expect(Buffer.from(video.uint8Array).toString()).toBe(film);
    expect(delays).toEqual([22_000, ...Array.from({ length: 6 }, () => 60_000)]);
    expect(routes.started).toHaveLength(1);
  });
});

describe('a request that is to come again later', () => {
  const doubling = [1000, 2000, 4000, 8000];

  it.each([
    ['a 503 that asks for 3 s', 503, '3', [3000, 3000, 4000, 8000]],
    ['a 503 that asks for an hour', 503, '3600', Array(4).fill(120_000)],
    ['a 503 that asks for no number', 503, 'soon', doubling],
    ['a 429 that does not say when', 429, undefined, doubling],
  ])('is %s five times', async (_, status, retryAfter, expected) => {
    const delays: number[] = [];
    const headers = new Headers(retryAfter === undefined ? {} : { 'retry-after': retryAfter });
    const fetch = async () => new Response('{}', { status, headers });
    const delay = async (ms: number) => void delays.push(ms);
    const model = createConch({ baseURL, apiKey: 'any', fetch, delay }).video('hailuo-01');

    await expect(generateVideo({ model, prompt })).rejects.toMatchObject({ statusCode: status });

    expect(delays).toEqual(expected);
  });

  it('is aborted while it waits', async () => {
    const controller = new AbortController();
    const fetch = async () => new Response('{}', { status: 429, headers: { 'retry-after': '60' } });
    const delay = async () => controller.abort();
    const model = createConch({ baseURL, apiKey: 'any', fetch, delay }).video('hailuo-01');

    const making = generateVideo({ model, prompt, abortSignal: controller.signal });

    await expect(making).rejects.toMatchObject({ name: 'AbortError' });
  });
});
