import { describe, expect, it } from 'vitest';
import { piapi } from '../../../../shared/providers/piapi/index.ts';

const { offers } = piapi.load({});
const image = {
  formats: ['jpeg', 'png'],
  maxBytes: 10_485_760,
  minSidePixels: 300,
  isMinSideExclusive: false,
  maxSidePixels: 4096,
  aspect: [0.4, 2.5],
};

describe('the offers of PiAPI', () => {
  it.each([
    ['t2v-01', 'hailuo-01', 't2v', 200_000, false, true],
    ['i2v-01', 'hailuo-01', 'i2v', 200_000, false, false],
    ['i2v-01-live', 'hailuo-01-live', 'i2v', 200_000, false, false],
    ['t2v-01-director', 'hailuo-01-director', 't2v', 200_000, true, true],
    ['s2v-01', 's2v-01', 's2v', 300_000, false, true],
  ])(
    'sell %s by the rules of the document',
    (nativeModel, model, operation, price, isAssumed, isRequired) => {
      const offer = offers.find((candidate) => candidate.nativeModel === nativeModel);
      expect(offer).toMatchObject({
        model,
        operation,
        isPriceAssumed: isAssumed,
        prompt: { isRequired, maxLength: 2000 },
        hasCallback: true,
        variants: [{ seconds: 6, resolution: '720P', size: '1280x720', priceMicroUsd: price }],
      });
      expect(offer?.image).toEqual(operation === 't2v' ? undefined : image);
    },
  );

  it('are five', () => {
    expect(offers).toHaveLength(5);
  });
});
