import { describe, expect, it } from 'vitest';
import { minimax } from '../../../../shared/providers/minimax/index.ts';

const { offers, limits } = minimax.load({});
const image = {
  formats: ['jpeg', 'png', 'webp'],
  maxBytes: 20_971_519,
  minSidePixels: 300,
  isMinSideExclusive: true,
  aspect: [0.4, 2.5],
  takesDataUrls: true,
};
const hd = ['6 768P 280000', '10 768P 560000', '6 1080P 490000'];
const from02Image = [...hd, '6 512P 100000', '10 512P 150000'];
const fast = ['6 768P 190000', '10 768P 320000', '6 1080P 330000'];
const first = ['6 720P 250000 assumed'];

describe('the offers of MiniMax', () => {
  it.each([
    ['MiniMax-Hailuo-2.3', 't2v', 'hailuo-2.3', hd, true],
    ['MiniMax-Hailuo-2.3', 'i2v', 'hailuo-2.3', hd, true],
    ['MiniMax-Hailuo-2.3-Fast', 'i2v', 'hailuo-2.3-fast', fast, true],
    ['MiniMax-Hailuo-02', 't2v', 'hailuo-02', hd, true],
    ['MiniMax-Hailuo-02', 'i2v', 'hailuo-02', from02Image, true],
    ['MiniMax-Hailuo-02', 'fl2v', 'hailuo-02', hd, true],
    ['T2V-01', 't2v', 'hailuo-01', first, false],
    ['I2V-01', 'i2v', 'hailuo-01', first, false],
    ['I2V-01-live', 'i2v', 'hailuo-01-live', first, false],
    ['T2V-01-Director', 't2v', 'hailuo-01-director', first, true],
    ['I2V-01-Director', 'i2v', 'hailuo-01-director', first, true],
    ['S2V-01', 's2v', 's2v-01', ['6 720P 350000 assumed'], false],
  ])('sell %s %s by the rules of the document', (nativeModel, operation, model, variants, hasMoves) => {
    const offer = offers.find((it) => it.nativeModel === nativeModel && it.operation === operation);
    expect(offer).toMatchObject({
      model,
      isOfficial: true,
      prompt: { isRequired: operation === 't2v', maxLength: 2000 },
      supports: { promptOptimizer: [true, false], seed: false, negativePrompt: false, aspectRatios: [] },
      hasCallback: true,
    });
    const sold = offer?.variants.map((it) =>
      [it.seconds, it.resolution, it.priceMicroUsd, ...(it.isPriceAssumed ? ['assumed'] : [])].join(' '),
    );
    expect(sold).toEqual(variants);
    expect(offer?.image).toEqual(operation === 't2v' ? undefined : image);
    expect(offer?.camera).toBe(hasMoves ? 'rotating' : undefined);
  });

  it('are twelve, at twenty starts a minute', () => {
    expect(offers).toHaveLength(12);
    expect(limits).toEqual({ perMinute: 20 });
  });

  it('take the price of one variant from the settings', () => {
    const MINIMAX_PRICES = '{"MiniMax-Hailuo-02":{"10 512P":"0.2"}}';
    const repriced = minimax.load({ MINIMAX_PRICES }).offers.filter(({ model }) => model === 'hailuo-02');
    const prices = repriced.map(({ variants }) => variants.map(({ priceMicroUsd }) => priceMicroUsd));
    const asListed = [280_000, 560_000, 490_000];
    expect(prices).toEqual([asListed, [...asListed, 100_000, 200_000], asListed]);
  });
});
