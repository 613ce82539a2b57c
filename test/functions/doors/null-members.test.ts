import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadDoors } from '../../../shared/providers/doors.ts';
import { type ServedApi, startApi } from '../../support/served-api.ts';
import { idSchema, wayThrough } from './ways-in.ts';

let api: ServedApi;
const keys = new Map<string, string>();
beforeAll(async () => {
  api = await startApi();
  for (const { provider } of loadDoors({}))
    keys.set(provider, (await api.tables.accounts.createKey('acme', new Date(), { door: provider })).text);
});
afterAll(() => api.close());

const prompt = 'Fog';
const marketNulls = { image_url: null, end_image_url: null, duration: null, resolution: null };
const marketOrder = {
  callBackUrl: null,
  model: 'hailuo/02-text-to-video-standard',
  input: { prompt, prompt_optimizer: null, ...marketNulls },
};
const piapiInput = {
  ...{ model: 't2v-01', prompt, image_url: null, expand_prompt: null, duration: null, resolution: null },
};
const piapiOrder = { model: 'hailuo', task_type: 'video_generation', input: piapiInput };

/** With null for all that may be left out. */
const orders: readonly (readonly [dialect: string, order: object])[] = [
  ['piapi', { ...piapiOrder, config: null }],
  ['piapi', { ...piapiOrder, config: { service_mode: null, webhook_config: null } }],
  ['piapi', { ...piapiOrder, config: { webhook_config: { endpoint: null, secret: null } } }],
  [
    'cloudsway',
    {
      ...{ prompt, promptOptimizer: null, prompt_optimizer: null, type: null, image: null },
      ...{ firstFrameImage: null, first_frame_image: null, subjectReference: null, subject_reference: null },
    },
  ],
  ['haiper', { prompt, negativePrompt: null, config: null, settings: null }],
  [
    'haiper',
    {
      prompt,
      config: { sourceImage: null },
      settings: { seed: null, duration: null, aspectRatio: null },
    },
  ],
  [
    'apixo',
    {
      ...{ request_type: null, callback_url: null, provider: null },
      input: { mode: 'standard-text-to-video', prompt, duration: 6, image_urls: null },
    },
  ],
  [
    'kie',
    {
      ...{ prompt, model: null, imageUrl: null, duration: null, resolution: null },
      ...{ aspectRatio: null, seed: null, callBackUrl: null },
    },
  ],
  ['apikley', marketOrder],
  ['kie-market', marketOrder],
];

function withoutNulls(order: object) {
  return JSON.parse(JSON.stringify(order), (_, value) => (value === null ? undefined : value));
}

describe('an order with null for what is not given', () => {
  it.each(orders)('at the door of %s is the one without it: %j', async (dialect, order) => {
    const way = wayThrough(dialect);
    const headers = {
      authorization: `Bearer ${keys.get(dialect === 'kie-market' ? 'kie' : dialect)}`,
      'idempotency-key': `${dialect} ${JSON.stringify(order)}`,
    };
    const place = (json: object) => api.call({ method: 'POST', path: way.path, json, headers });

    const [first, second] = [await place(order), await place(withoutNulls(order))];

    expect([first, second]).toMatchObject([{ status: 200 }, { status: 200 }]);
    expect(idSchema.parse(second.body)).toBe(idSchema.parse(first.body));
  });

  it('is refused where a list has a null', async () => {
    const input = { mode: 'standard-image-to-video', prompt, duration: 6, image_urls: [null] };

    const answer = await api.call({ method: 'POST', path: wayThrough('apixo').path, json: { input } });

    expect(answer).toMatchObject({ status: 400, body: { message: expect.stringContaining('image_urls') } });
  });

  it('is answered without a 5xx, however deep it is', async () => {
    const [open, close] = ['{"a":'.repeat(100_000), '}'.repeat(100_000)];
    const body = `{"prompt":"Fog","b":${open}null${close}}`;

    expect((await api.call({ method: 'POST', path: wayThrough('kie').path, body })).status).toBe(200);
  });
});
