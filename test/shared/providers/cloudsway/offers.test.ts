import { describe, expect, it } from 'vitest';
import { cloudsway } from '../../../../shared/providers/cloudsway/index.ts';

const { offers } = cloudsway.load({});
const image = {
  formats: ['jpeg', 'png'],
  maxBytes: 20_971_520,
  minSidePixels: 300,
  isMinSideExclusive: true,
  aspect: [0.4, 2.5],
  takesDataUrls: true,
};

describe('the offers of Cloudsway', () => {
  it.each([
    ['t2v', 'hailuo-01', 't2v', 250_000, true],
    ['i2v', 'hailuo-01', 'i2v', 250_000, false],
    ['i2v_live', 'hailuo-01-live', 'i2v', 250_000, false],
    ['t2v_director', 'hailuo-01-director', 't2v', 250_000, true],
    ['i2v_director', 'hailuo-01-director', 'i2v', 250_000, false],
    ['s2v', 's2v-01', 's2v', 350_000, false],
  ])('sell MaaS_HL_Video_%s by the rules of the document', (key, model, operation, price, isRequired) => {
    const offer = offers.find((candidate) => candidate.nativeModel === `MaaS_HL_Video_${key}`);
    expect(offer).toMatchObject({
      model,
      operation,
      isOfficial: false,
      prompt: { isRequired, maxLength: 2000 },
      hasCallback: false,
      variants: [
        { seconds: 6, resolution: '720P', size: '1280x720', priceMicroUsd: price, isPriceAssumed: true },
      ],
    });
    const limits = { t2v: undefined, i2v: image, s2v: { ...image, maxBytes: 20_971_519 } };
    expect(offer?.camera).toBe(key.endsWith('_director') ? 'lateral' : undefined);
    expect(offer?.image).toEqual(Object.entries(limits).find(([name]) => name === operation)?.[1]);
  });

  it('are only the models whose endpoint path was bought', () => {
    const settings = { CLOUDSWAY_ENDPOINT_PATHS: '{"i2v":"LPUqHEAjfonOmohV"}' };
    const bought = cloudsway.load(settings).offers;
    expect(bought.map(({ nativeModel }) => nativeModel)).toEqual(['MaaS_HL_Video_i2v']);
  });

  it.each(['', 'v1/ai', '/v1/ai/', '/v1/../ai', '//host'])(
    'are refused with the variable named when the base path is "%s"',
    (CLOUDSWAY_BASE_PATH) => {
      expect(() => cloudsway.load({ CLOUDSWAY_BASE_PATH })).toThrow(/CLOUDSWAY_BASE_PATH: /);
    },
  );

  it.each(['no json', '{"i3v":"a"}', '{"i2v":""}', '{"i2v":"a/../b"}', '{"i2v":7}', '[]'])(
    'are refused with the variable named when the endpoint paths are %s',
    (CLOUDSWAY_ENDPOINT_PATHS) => {
      expect(() => cloudsway.load({ CLOUDSWAY_ENDPOINT_PATHS })).toThrow(/CLOUDSWAY_ENDPOINT_PATHS: /);
    },
  );
});
