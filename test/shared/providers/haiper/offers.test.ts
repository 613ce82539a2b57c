import { describe, expect, it } from 'vitest';
import { haiper } from '../../../../shared/providers/haiper/index.ts';

const { offers } = haiper.load({});
const ratios = ['16:9', '9:16', '3:4', '4:3', '1:1'];
const image = {
  formats: ['jpeg', 'png'],
  maxBytes: 10_485_760,
  minSidePixels: 300,
  isMinSideExclusive: true,
  maxSidePixels: 4096,
  aspect: [0.4, 2.5],
  takesDataUrls: false,
};
const assumed = (priceMicroUsd: number) => ({ priceMicroUsd, isPriceAssumed: true });
const videos = [
  { seconds: 2, ...assumed(100_000) },
  { seconds: 4, ...assumed(200_000) },
  { seconds: 8, ...assumed(400_000) },
];
const extensions = [
  { seconds: 4, ...assumed(200_000) },
  { seconds: 2, ...assumed(100_000) },
];

describe('the offers of Haiper', () => {
  it.each([
    ['t2v', 'haiper-video', { isRequired: true, maxLength: 2000 }, videos],
    ['i2v', 'haiper-video', { isRequired: true, maxLength: 2000 }, videos],
    ['upscale', 'haiper-upscale', undefined, [assumed(400_000)]],
    ['extend', 'haiper-extend', { isRequired: false, maxLength: 2000 }, extensions],
  ])(
    'sell %s by the rules of the document, the default first',
    (operation, nativeModel, prompt, variants) => {
      const offer = offers.find((candidate) => candidate.operation === operation);
      expect(offer).toMatchObject({ model: 'haiper', nativeModel, isOfficial: false, hasCallback: false });
      expect(offer?.prompt).toEqual(prompt);
      expect(offer?.variants).toEqual(variants);
      expect(offer?.image).toEqual(operation === 'i2v' ? image : undefined);
    },
  );

  it.each([
    ['t2v', true, ratios],
    ['i2v', true, ratios],
    ['upscale', false, []],
    ['extend', true, []],
  ])('take for %s the fields that the document has', (operation, isTaken, aspectRatios) => {
    const offer = offers.find((candidate) => candidate.operation === operation);
    expect(offer?.supports).toEqual({
      promptOptimizer: [],
      seed: isTaken ? [-1, 2_147_483_647] : false,
      negativePrompt: isTaken,
      aspectRatios,
      ...(operation === 'extend' && { guidanceScale: true }),
    });
  });

  it('are four', () => {
    expect(offers).toHaveLength(4);
  });

  it('take a price for each number of seconds from the settings', () => {
    const HAIPER_PRICES = '{"haiper-video":{"4":"0.33"},"haiper-upscale":"0.5"}';
    const priced = haiper.load({ HAIPER_PRICES }).offers;
    const prices = priced.map(({ variants }) => variants.map(({ priceMicroUsd }) => priceMicroUsd));
    expect(prices).toEqual([
      [100_000, 330_000, 400_000],
      [100_000, 330_000, 400_000],
      [500_000],
      [200_000, 100_000],
    ]);
  });

  it.each(['', 'a/../b', '/a', 'a b', 'a?b'])(
    'are refused with the variable named when the endpoint path is "%s"',
    (HAIPER_ENDPOINT_PATH) => {
      expect(() => haiper.load({ HAIPER_ENDPOINT_PATH })).toThrow(/HAIPER_ENDPOINT_PATH: /);
    },
  );
});
