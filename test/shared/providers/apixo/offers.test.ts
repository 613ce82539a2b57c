import { describe, expect, it } from 'vitest';
import { apixo } from '../../../../shared/providers/apixo/index.ts';

const { offers } = apixo.load({});
const image = {
  formats: ['jpeg', 'png'],
  maxBytes: 10_485_759,
  minSidePixels: 300,
  isMinSideExclusive: true,
  aspect: [0.4, 2.5],
  takesDataUrls: false,
};

describe('the offers of Apixo', () => {
  it.each([
    ['hailuo-2-3-fast', 'hailuo-2.3-fast', 'i2v', [200_000, 350_000, 350_000]],
    ['hailuo-2-3', 'hailuo-2.3', 't2v', [300_000, 600_000, 500_000]],
    ['hailuo-2-3', 'hailuo-2.3', 'i2v', [300_000, 600_000, 500_000]],
  ])('sell %s as %s, %s, by the rules of the document', (nativeModel, model, operation, prices) => {
    const offer = offers.find((it) => it.nativeModel === nativeModel && it.operation === operation);
    const [standard6, standard10, pro6] = prices;
    const standard = { resolution: '768P', size: '1366x768', isPriceAssumed: true };
    const pro = { resolution: '1080P', size: '1920x1080', isPriceAssumed: true };
    expect(offer).toMatchObject({
      model,
      isOfficial: false,
      prompt: { isRequired: true, maxLength: 2000 },
      supports: { promptOptimizer: [true], seed: false, negativePrompt: false, aspectRatios: [] },
      camera: 'rotating',
      hasCallback: true,
    });
    expect(offer?.variants).toEqual([
      { ...standard, seconds: 6, priceMicroUsd: standard6 },
      { ...standard, seconds: 10, priceMicroUsd: standard10 },
      { ...pro, seconds: 6, priceMicroUsd: pro6 },
    ]);
    expect(offer?.image).toEqual(operation === 't2v' ? undefined : image);
  });

  it('are three, of which the fast model has none from text', () => {
    expect(offers).toHaveLength(3);
  });

  it('take a price for one variant from the settings and leave the others assumed', () => {
    const priced = apixo.load({ APIXO_PRICES: '{"hailuo-2-3":{"6 768P":"0.25"}}' }).offers;
    for (const { nativeModel, variants } of priced) {
      const isPriced = nativeModel === 'hailuo-2-3';
      expect(variants.map(({ isPriceAssumed }) => isPriceAssumed)).toEqual([!isPriced, true, true]);
      expect(variants[0].priceMicroUsd).toBe(isPriced ? 250_000 : 200_000);
    }
  });

  it.each([
    ['official', true],
    ['value', false],
    ['auto', false],
  ])('with the strategy %s are official: %s', (APIXO_STRATEGY, isOfficial) => {
    const chosen = apixo.load({ APIXO_STRATEGY }).offers;
    expect(chosen.map((offer) => offer.isOfficial)).toEqual([isOfficial, isOfficial, isOfficial]);
  });

  it.each(['', 'cheapest', 'AUTO'])('are refused with the variable named when the strategy is "%s"', (it) => {
    expect(() => apixo.load({ APIXO_STRATEGY: it })).toThrow(/APIXO_STRATEGY: /);
  });
});
