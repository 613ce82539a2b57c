import { describe, expect, it } from 'vitest';
import { apikley } from '../../../../shared/providers/apikley/index.ts';
import { kie } from '../../../../shared/providers/kie/index.ts';

describe('the offers of Apikley', () => {
  const { offers, limits } = apikley.load({});

  it('are those of the market without the pro model of 2.3, at assumed prices', () => {
    const elsewhere = kie.load({ KIE_DIALECT: 'market' }).offers;
    const sold = elsewhere.filter(({ nativeModel }) => nativeModel !== 'hailuo/2-3-image-to-video-pro');
    expect(offers).toEqual(sold.map((offer) => ({ ...offer, provider: 'apikley' })));
    expect(offers.map(({ model, operation }) => `${model} ${operation}`)).toEqual([
      'hailuo-02 t2v',
      'hailuo-02 t2v',
      'hailuo-02 i2v',
      'hailuo-02 fl2v',
      'hailuo-02 i2v',
      'hailuo-02 fl2v',
      'hailuo-2.3 i2v',
    ]);
    const variants = offers.flatMap((offer) => offer.variants);
    expect(variants.every(({ isPriceAssumed }) => isPriceAssumed)).toBe(true);
    expect(limits).toEqual({});
  });

  it('are 10 seconds from text too, at 768P', () => {
    expect(offers[0]?.variants).toMatchObject([
      { seconds: 6, resolution: '768P', priceMicroUsd: 150_000 },
      { seconds: 10, resolution: '768P', priceMicroUsd: 250_000 },
    ]);
  });

  it('follow the price of a credit, which is its own setting', () => {
    const priced = apikley.load({ APIKLEY_USD_PER_CREDIT: '0.01', KIE_USD_PER_CREDIT: '7' }).offers;
    expect(priced[0]?.variants[0]).toMatchObject({ priceMicroUsd: 300_000, isPriceAssumed: true });
  });
});
