import { describe, expect, it } from 'vitest';
import { kie } from '../../../../shared/providers/kie/index.ts';

const image = {
  formats: ['jpeg', 'png', 'webp'],
  maxBytes: 10_485_760,
  minSidePixels: 300,
  isMinSideExclusive: true,
  aspect: [0.4, 2.5],
  takesDataUrls: false,
};
const market = (variables = {}) => kie.load({ KIE_DIALECT: 'market', ...variables }).offers;
const cellsOf = (offer: ReturnType<typeof market>[number]) =>
  offer.variants.map(({ seconds, resolution, priceMicroUsd }) => [seconds, resolution, priceMicroUsd]);

describe('the offers of KIE by its document', () => {
  const { offers, limits } = kie.load({});

  it.each([
    ['hailuo-02', 'hailuo-02', ['t2v', 'i2v'], [225_000, 300_000, 300_000]],
    ['hailuo-2-3', 'hailuo-2.3', ['t2v', 'i2v'], [262_500, 350_000, 350_000]],
    ['hailuo-2-3-fast', 'hailuo-2.3-fast', ['i2v'], [187_500, 250_000, 250_000]],
  ])('sell %s as %s for %j', (nativeModel, model, operations, [six, eight, ten]) => {
    const sold = offers.filter((offer) => offer.nativeModel === nativeModel);
    expect(sold.map(({ operation }) => operation)).toEqual(operations);
    for (const offer of sold) {
      expect(offer).toMatchObject({
        model,
        isOfficial: false,
        prompt: { isRequired: true, maxLength: 800 },
        supports: { promptOptimizer: [true], seed: [10_000, 99_999], negativePrompt: false },
        hasCallback: true,
      });
      expect(cellsOf(offer)).toEqual([
        [6, '720P', six],
        [8, '720P', eight],
        [10, '720P', ten],
        [6, '1080P', six],
        [8, '1080P', eight],
      ]);
      const isFromText = offer.operation === 't2v';
      expect(offer.image).toEqual(isFromText ? undefined : image);
      expect(offer.supports.aspectRatios).toEqual(isFromText ? ['16:9', '9:16', '1:1'] : []);
    }
  });

  it('keep the limits of the document', () => {
    expect(limits).toEqual({ concurrent: 10, perHour: 60, spacingMs: 1050 });
  });

  it('are assumed prices, unless they are given', () => {
    const given = kie.load({ KIE_PRICES: '{"hailuo-02":{"8 1080P":"0.40"}}' }).offers;
    const prices = given[0]?.variants.map(({ priceMicroUsd, isPriceAssumed }) => [
      priceMicroUsd,
      isPriceAssumed,
    ]);
    expect(prices?.slice(3)).toEqual([
      [225_000, true],
      [400_000, false],
    ]);
  });

  it('follow the price of a credit, rounded up to a millionth of a dollar', () => {
    const priced = kie.load({ KIE_USD_PER_CREDIT: '0.000003' }).offers;
    // 37.5 credits of 3 micro-USD.
    expect(priced.at(-1)?.variants[0]).toMatchObject({ priceMicroUsd: 113 });
  });

  it.each([
    ['KIE_DIALECT', 'suno'],
    ['KIE_DIALECT', ''],
    ['KIE_USD_PER_CREDIT', '0'],
    ['KIE_USD_PER_CREDIT', 'cheap'],
    ['KIE_USD_PER_CREDIT', '0.0050005'],
    ['KIE_PRICES', '{"hailuo-02":{"8 1080P":0.1234567}}'],
  ])('are refused with the variable named when %s is "%s"', (name, value) => {
    expect(() => kie.load({ [name]: value })).toThrow(`${name}: `);
  });
});

describe('the offers of KIE on the market', () => {
  it.each([
    ['02-text-to-video-standard', 'hailuo-02', ['t2v'], '6 768P 150000, 10 768P 250000'],
    ['02-text-to-video-pro', 'hailuo-02', ['t2v'], '6 1080P 285000'],
    [
      '02-image-to-video-standard',
      'hailuo-02',
      ['i2v', 'fl2v'],
      '6 768P 150000, 10 768P 250000, 6 512P 150000, 10 512P 250000',
    ],
    ['02-image-to-video-pro', 'hailuo-02', ['i2v', 'fl2v'], '6 1080P 285000'],
    ['2-3-image-to-video-standard', 'hailuo-2.3', ['i2v'], '6 768P 150000, 10 768P 250000, 6 1080P 250000'],
    ['2-3-image-to-video-pro', 'hailuo-2.3', ['i2v'], '6 768P 225000, 10 768P 450000, 6 1080P 400000'],
  ])('sell %s as %s for %j', (name, model, operations, cells) => {
    const sold = market().filter(({ nativeModel }) => nativeModel === `hailuo/${name}`);
    const isLater = name.startsWith('2-3-');
    expect(sold.map(({ operation }) => operation)).toEqual(operations);
    for (const offer of sold) {
      expect(offer).toMatchObject({
        provider: 'kie',
        model,
        prompt: { isRequired: true, maxLength: isLater ? 5000 : 1500 },
        supports: { promptOptimizer: isLater ? [true] : [true, false], seed: false, aspectRatios: [] },
      });
      expect(
        cellsOf(offer)
          .map((cell) => cell.join(' '))
          .join(', '),
      ).toBe(cells);
      expect(offer.variants.every(({ isPriceAssumed }) => isPriceAssumed)).toBe(true);
      expect(offer.image).toEqual(offer.operation === 't2v' ? undefined : image);
    }
  });

  it('are six models and nothing else', () => {
    expect(new Set(market().map(({ nativeModel }) => nativeModel)).size).toBe(6);
  });

  it('have the limits of the market, unless others are given', () => {
    const limitsWith = (variables: Readonly<Record<string, string>>) =>
      kie.load({ KIE_DIALECT: 'market', ...variables }).limits;
    expect(limitsWith({})).toEqual({ concurrent: 100, perMinute: 120 });
    expect(limitsWith({ KIE_LIMITS: '{"concurrent":3}' })).toEqual({ concurrent: 3 });
  });
});
