import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Offer, OfferVariant } from '../../../shared/domain/offer.ts';
import type { VideoRequest } from '../../../shared/domain/video-request.ts';
import { acceptTask, newTask } from '../../../shared/ledger/accept.ts';
import { settleTask } from '../../../shared/ledger/settle.ts';
import { providerDefinitions } from '../../../shared/providers/registry.ts';
import { rankOffers } from '../../../shared/routing/policies.ts';
import { quote } from '../../../shared/routing/quote.ts';
import { requireTask } from '../../../shared/storage/task-store.ts';
import { readMonth } from '../../support/orders.ts';
import { startTables, type Tables } from '../../support/tables.ts';

const catalogue = providerDefinitions.flatMap((definition) => [
  ...definition.load({}).offers,
  // One provider speaks either of two dialects, which sell different things.
  ...(definition.name === 'kie' ? definition.load({ KIE_DIALECT: 'market' }).offers : []),
]);
const cells = catalogue.flatMap((offer) => offer.variants.map((variant) => ({ offer, variant })));
const now = new Date('2026-03-02T10:00:00.000Z');

/** An image that every offer takes. */
const image = {
  kind: 'url',
  url: 'https://img.example.com/a.png',
  facts: { format: 'png', bytes: 10_000, width: 800, height: 600 },
} as const;

function orderOf(offer: Offer, { seconds, resolution }: OfferVariant): VideoRequest {
  return {
    model: offer.model,
    providers: [offer.provider],
    ...(offer.prompt && { prompt: 'A lighthouse at dusk' }),
    ...(seconds !== undefined && { seconds }),
    ...(resolution !== undefined && { resolution }),
    ...((offer.operation === 'i2v' || offer.operation === 'fl2v') && { firstFrameImage: image }),
    ...(offer.operation === 'fl2v' && { lastFrameImage: image }),
    ...(offer.operation === 's2v' && { subjectImage: image }),
    ...((offer.operation === 'upscale' || offer.operation === 'extend') && {
      operation: offer.operation,
      sourceVideo: { kind: 'url', url: 'https://vid.example.com/a.mp4' },
    }),
  };
}

describe('every cell of the catalogue', () => {
  let tables: Tables;
  beforeAll(async () => {
    tables = await startTables();
  });
  afterAll(() => tables.close());

  it('is there for each provider', () => {
    expect(new Set(catalogue.map(({ provider }) => provider)).size).toBe(providerDefinitions.length);
    expect(cells.length).toBeGreaterThan(60);
  });

  it.each(
    cells.map(({ offer, variant }) => {
      const { seconds = '-', resolution = '-' } = variant;
      return [
        `${offer.provider} ${offer.nativeModel} ${offer.operation} ${seconds} ${resolution}`,
        offer,
        variant,
      ] as const;
    }),
  )('is estimated, held and charged at one price: %s', async (name, offer, variant) => {
    const request = orderOf(offer, variant);
    const account = `account of ${name}`;
    const { offers } = quote(request, [offer]);
    const prospectOf = () => ({ isHealthy: true, typicalSeconds: offer.typicalSeconds });
    const [priced] = rankOffers(offers, { request, prospectOf, rotation: 0 });
    if (priced === undefined) throw new Error('The cell cannot be ordered');
    expect(priced.variant).toEqual(variant);

    const task = newTask({ account, priced, request, requestHash: 'hash', now });
    await acceptTask({ task, request }, tables.ledger);
    expect(await readMonth(tables, account)).toEqual({
      committedMicroUsd: variant.priceMicroUsd,
      spentMicroUsd: 0,
    });

    const result = { key: 'k', bytes: 9, sha256: 'f' };
    await tables.tasks.transition(task.id, { from: ['accepted'], to: 'archiving', set: { result } });
    await settleTask(await requireTask(task.id, tables.tasks), now, tables.ledger);
    expect((await requireTask(task.id, tables.tasks)).chargeMicroUsd).toBe(variant.priceMicroUsd);
    expect(await readMonth(tables, account)).toEqual({
      committedMicroUsd: 0,
      spentMicroUsd: variant.priceMicroUsd,
    });
  });
});
