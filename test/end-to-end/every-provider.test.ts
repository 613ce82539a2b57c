import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fromUsd } from '../../shared/domain/money.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { createPng } from '../support/images.ts';
import { type Customer, newCustomer } from './support/customer.ts';
import type { QuotedOffer, Video } from './support/public-api.ts';
import { controlSimulation } from './support/simulation.ts';
import { waitUntil } from './support/wait-until.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.close());

const frame = `data:image/png;base64,${createPng({ width: 640, height: 480 }).toString('base64')}`;
const fromImage = { prompt: 'The waves begin to move', first_frame_image: frame };

/** Each is asked for what the others would be asked for too. */
const cases = [
  {
    what: 'a video from text',
    order: { prompt: 'A lighthouse at dusk' },
    sellers: ['apikley', 'apixo', 'cloudsway', 'haiper', 'kie', 'minimax', 'piapi'],
  },
  {
    what: 'a video from an image',
    order: { ...fromImage, model: 'hailuo-2.3-fast' },
    sellers: ['apixo', 'kie', 'minimax', 'piapi'],
  },
  {
    what: 'a video between two images',
    order: { ...fromImage, model: 'hailuo-02', last_frame_image: frame },
    sellers: ['apikley', 'minimax'],
  },
];

describe.concurrent('every offer that is quoted for', () => {
  it.each(cases)('$what completes there, for the price of the quote', async ({ order, sellers }) => {
    const customer = await newCustomer(gateway.local);
    const offers = await customer.quote(order);
    expect([...new Set(offers.map(({ provider }) => provider))].sort()).toEqual(sellers);

    const videos = await Promise.all(offers.map((offer) => buy(offer, order, customer)));
    expect(videos.map(toPurchase)).toEqual(
      offers.map(({ provider, model, operation, price }) => {
        return { status: 'completed', provider, model, operation, charged: price, attempts: ['accepted'] };
      }),
    );
    expect(await customer.readMonth()).toEqual({
      committedMicroUsd: 0,
      spentMicroUsd: offers.reduce((sum, { price }) => sum + fromUsd(price), 0),
    });
  });
});

describe.concurrent('a provider that calls back', () => {
  it.each(['piapi', 'apixo', 'kie', 'apikley', 'minimax'])(
    'is given a URL that answers: %s',
    async (name) => {
      const customer = await newCustomer(gateway.local);
      const prompt = `A lighthouse that ${name} calls about`;
      const { id } = await customer.order({ prompt, provider: name });
      expect(await customer.untilOver(id)).toMatchObject({ status: 'completed' });
      const [job, ...others] = await waitUntil('a callback', async () => {
        const jobs = await controlSimulation(gateway.local, name).jobsOf(prompt);
        return jobs.some(({ callbackTries }) => callbackTries > 0) ? jobs : undefined;
      });
      expect({ others, tries: job?.callbackTries }).toEqual({ others: [], tries: 1 });
    },
  );
});

describe('a video of our own', () => {
  it('of two seconds is made larger and longer by its id', async () => {
    const customer = await newCustomer(gateway.local);
    const prompt = 'A very short lighthouse';
    const source = await buyAt('haiper', { prompt, seconds: 2 }, customer);
    expect(source).toMatchObject({ status: 'completed', gateway: { cost: { charged: '0.10' } } });

    const source_video = { video_id: source.id };
    const [larger, longer] = await Promise.all([
      buyAt('haiper', { operation: 'upscale', source_video }, customer),
      buyAt('haiper', { operation: 'extend', source_video, extend_seconds: 4 }, customer),
    ]);
    expect(toPurchase(larger)).toMatchObject({ status: 'completed', operation: 'upscale', charged: '0.40' });
    expect(toPurchase(longer)).toMatchObject({ status: 'completed', operation: 'extend', charged: '0.20' });
    expect(await customer.readMonth()).toEqual({ committedMicroUsd: 0, spentMicroUsd: 700_000 });
  });
});

function buy({ model, provider, seconds, resolution }: QuotedOffer, order: object, customer: Customer) {
  const variant = { ...(seconds !== null && { seconds }), ...(resolution !== null && { resolution }) };
  return buyAt(provider, { ...order, model, ...variant }, customer);
}

async function buyAt(provider: string, order: object, customer: Customer): Promise<Video> {
  const { id } = await customer.order({ ...order, provider });
  return customer.untilOver(id);
}

function toPurchase({ status, model, gateway: { provider, operation, cost, attempts } }: Video) {
  return {
    status,
    provider,
    model,
    operation,
    charged: cost.charged,
    attempts: attempts.map(({ outcome }) => outcome),
  };
}
