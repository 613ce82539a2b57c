import { describe, expect, it } from 'vitest';
import { offerKey } from '../../../../shared/domain/offer.ts';
import { piapi } from '../../../../shared/providers/piapi/index.ts';

const { offers } = piapi.load({});
const image = {
  formats: ['jpeg', 'png'],
  maxBytes: 10_485_760,
  minSidePixels: 300,
  isMinSideExclusive: false,
  maxSidePixels: 4096,
  aspect: [0.4, 2.5],
  takesDataUrls: false,
};

const hd = { resolution: '768P', size: '1366x768' };
const fullHd = { resolution: '1080P', size: '1920x1080' };

const offerOf = (nativeModel: string, operation: string) =>
  offers.find((offer) => offer.nativeModel === nativeModel && offer.operation === operation);

describe('the offers of PiAPI', () => {
  it.each([
    ['t2v-01', 'hailuo-01', 't2v', 200_000, false, true],
    ['i2v-01', 'hailuo-01', 'i2v', 200_000, false, false],
    ['i2v-01-live', 'hailuo-01-live', 'i2v', 200_000, false, false],
    ['t2v-01-director', 'hailuo-01-director', 't2v', 200_000, true, true],
    ['s2v-01', 's2v-01', 's2v', 300_000, false, true],
  ])(
    'sell %s by the rules of the document',
    (nativeModel, model, operation, priceMicroUsd, isPriceAssumed, isRequired) => {
      const offer = offerOf(nativeModel, operation);
      expect(offer).toMatchObject({
        model,
        isOfficial: false,
        prompt: { isRequired, maxLength: 2000 },
        hasCallback: true,
      });
      expect(offer?.variants).toEqual([
        { seconds: 6, resolution: '720P', size: '1280x720', priceMicroUsd, isPriceAssumed },
      ]);
      expect(offer?.image).toEqual(operation === 't2v' ? undefined : image);
    },
  );

  it.each([
    ['v2.3', 'hailuo-2.3', 't2v', [230_000, 450_000, 400_000], true, true],
    ['v2.3', 'hailuo-2.3', 'i2v', [230_000, 450_000, 400_000], true, false],
    ['v2.3-fast', 'hailuo-2.3-fast', 'i2v', [160_000, 260_000, 260_000], false, false],
  ])(
    'sell %s as %s, %s, at 6 and 10 seconds and two resolutions',
    (nativeModel, model, operation, prices, isFirstPriceAssumed, isRequired) => {
      const offer = offerOf(nativeModel, operation);
      const [hd6, hd10, fullHd6] = prices;
      expect(offer).toMatchObject({ model, prompt: { isRequired, maxLength: 2000 }, hasCallback: true });
      expect(offer?.variants).toEqual([
        { ...hd, seconds: 6, priceMicroUsd: hd6, isPriceAssumed: isFirstPriceAssumed },
        { ...hd, seconds: 10, priceMicroUsd: hd10, isPriceAssumed: true },
        { ...fullHd, seconds: 6, priceMicroUsd: fullHd6, isPriceAssumed: true },
      ]);
      expect(offer?.image).toEqual(operation === 't2v' ? undefined : image);
    },
  );

  it('document camera moves where the origin does: for its director and for 2.3', () => {
    const withMoves = offers.filter(({ camera }) => camera === 'rotating');
    expect(withMoves.map(offerKey)).toEqual(['t2v-01-director t2v', 'v2.3 t2v', 'v2.3 i2v', 'v2.3-fast i2v']);
  });

  it('are eight', () => {
    expect(offers).toHaveLength(8);
  });
});

describe('the prices in PIAPI_PRICES', () => {
  const rule =
    'is not an amount in USD above 0, of at most 999999999.999999 and with at most six decimals, such as "0.25"';

  it.each([
    ['{"t2v-01":"0.2000001"}', `"0.2000001" for "t2v-01" ${rule}`],
    ['{"t2v-01":0.2000001}', `0.2000001 for "t2v-01" ${rule}`],
    ['{"t2v-01":"-1"}', `"-1" for "t2v-01" ${rule}`],
    ['{"t2v-01":-1}', `-1 for "t2v-01" ${rule}`],
    ['{"t2v-01":"1000000000"}', `"1000000000" for "t2v-01" ${rule}`],
    ['{"t2v-01":null}', `null for "t2v-01" ${rule}`],
    ['{"t2v-01":["0.2"]}', `["0.2"] for "t2v-01" ${rule}`],
    ['{"v2.3":{"6 768P":"0"}}', `"0" for "6 768P" of "v2.3" ${rule}`],
    ['{"v2.3":{"6 768P":{}}}', `{} for "6 768P" of "v2.3" ${rule}`],
    ['0.2', 'is not a JSON object of native models and their prices'],
  ])('are refused with model, value and rule when they are %s', (PIAPI_PRICES, reason) => {
    expect(() => piapi.load({ PIAPI_PRICES })).toThrow(
      new Error(`The settings of piapi are wrong. PIAPI_PRICES: ${reason}`),
    );
  });

  it('are all named that are wrong', () => {
    const PIAPI_PRICES = '{"t2v-01":0,"v2.3":{"6 768P":"x","10 768P":"y"}}';
    expect(() => piapi.load({ PIAPI_PRICES })).toThrow(/0 for "t2v-01".*"x" for "6 768P".*"y" for "10 768P"/);
  });
});
