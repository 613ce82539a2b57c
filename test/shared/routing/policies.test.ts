import { describe, expect, it } from 'vitest';
import type { ImageLimits, Offer } from '../../../shared/domain/offer.ts';
import { chooseOffer } from '../../../shared/routing/policies.ts';
import type { QuotableRequest } from '../../../shared/routing/quotable-request.ts';
import { quote } from '../../../shared/routing/quote.ts';
import { anOffer } from '../../support/orders.ts';

const image: ImageLimits = {
  formats: ['png'],
  maxBytes: 1000,
  minSidePixels: 300,
  isMinSideExclusive: false,
  aspect: [0.4, 2.5],
  takesDataUrls: false,
};
const at = (priceMicroUsd: number): Offer['variants'] => [
  { seconds: 6, resolution: '720P', size: '1280x720', priceMicroUsd, isPriceAssumed: false },
];
const [a, b] = ['piapi', 'cloudsway'];
const text = anOffer({ provider: a, nativeModel: 't2v-01', variants: at(200_000) });
const frame = anOffer({ provider: a, operation: 'i2v', nativeModel: 'i2v-01', image, variants: at(200_000) });
const otherText = anOffer({ provider: b, nativeModel: 'Text_B', variants: at(250_000) });
const otherFrame = anOffer({
  provider: b,
  operation: 'i2v',
  nativeModel: 'Frame_B',
  image: { ...image, maxBytes: 2000 },
  variants: at(250_000),
});
const live = anOffer({
  provider: b,
  model: 'hailuo-01-live',
  operation: 'i2v',
  nativeModel: 'Live_B',
  image,
});
const newest = anOffer({ provider: b, model: 'hailuo-2.3', nativeModel: 'v2.3', variants: at(280_000) });
const catalogue = [text, frame, otherText, otherFrame, live];

function choose(request: QuotableRequest, offers: readonly Offer[] = catalogue) {
  const choice = chooseOffer(quote(request, offers), request);
  if (choice.kind === 'chosen') return `${choice.priced.offer.provider} ${choice.priced.offer.nativeModel}`;
  return choice.violations.map(({ param, code, message }) => `${param} ${code}: ${message}`);
}

const facts = { format: 'png', bytes: 1500, width: 400, height: 400 } as const;
const firstFrameImage = { facts };

describe('chooseOffer', () => {
  it.each([
    ['the cheapest that fits', { prompt: 'x' }, 'piapi t2v-01'],
    ['the only one that takes the image', { prompt: 'x', firstFrameImage }, 'cloudsway Frame_B'],
    ['the named provider', { prompt: 'x', providers: ['cloudsway'] }, 'cloudsway Text_B'],
    ['the named model', { model: 'hailuo-01-live', prompt: 'x', firstFrameImage: {} }, 'cloudsway Live_B'],
    ["the cheapest seller under any provider's spelling", { model: 'TEXT_b', prompt: 'x' }, 'piapi t2v-01'],
  ])('takes %s', (_, request, expected) => {
    expect(choose(request)).toBe(expected);
  });

  it('takes the first in the catalogue of equal prices', () => {
    const rival = anOffer({ provider: b, nativeModel: 'Rival' });

    expect(choose({ prompt: 'x' }, [rival, text])).toBe('cloudsway Rival');
    expect(choose({ prompt: 'x' }, [text, rival])).toBe('piapi t2v-01');
  });

  it('prefers hailuo-2.3 to cheaper models when none is named', () => {
    expect(choose({ prompt: 'x' }, [...catalogue, newest])).toBe('cloudsway v2.3');
  });

  it('takes the cheapest when hailuo-2.3 does not fit', () => {
    expect(choose({ prompt: 'x', firstFrameImage: {} }, [...catalogue, newest])).toBe('piapi i2v-01');
  });

  it.each([
    [
      'an unknown model, with the known ones and their spellings',
      { model: 'sora-2' },
      [/^model unknown_model: .*"sora-2".*hailuo-01, hailuo-01-live, also spelled t2v-01, i2v-01, Text_B/],
    ],
    [
      'an unknown provider',
      { providers: ['acme'] },
      [/^provider unknown_provider: .*"acme".*auto, value, fastest, official, piapi, cloudsway/],
    ],
    [
      'a provider that does not sell the model, and who does',
      { model: 'hailuo-01-live', providers: ['piapi'] },
      [/^provider not_offered: .*"piapi" does not offer hailuo-01-live; cloudsway/],
    ],
    [
      'unknown model and provider together',
      { model: 'sora-2', providers: ['acme'] },
      [/^model unknown_model/, /^provider unknown_provider/],
    ],
    [
      'an image for a text-only spelling',
      { model: 't2v-01', prompt: 'x', firstFrameImage },
      [/^first_frame_image image_not_supported: .*hailuo-01 t2v, which takes no image/],
    ],
    [
      'the image that a spelling needs',
      { model: 'i2v-01', prompt: 'x' },
      [/^first_frame_image missing_field: .*hailuo-01 i2v/],
    ],
    [
      'what all near offers refuse, once',
      { prompt: 'x'.repeat(2001) },
      [/^prompt prompt_too_long: .*2001.*2000 are allowed$/],
    ],
    [
      'a limit that differs between the near offers, and whose it is',
      { prompt: 'x', firstFrameImage: { facts: { ...facts, bytes: 2001 } }, model: 'hailuo-01' },
      [/^first_frame_image image_size: .*at most 1000 are allowed \(piapi; other offers differ\)$/],
    ],
  ])('names %s', (_, request, expected) => {
    const reasons = choose(request);

    expect(reasons).toHaveLength(expected.length);
    for (const [index, pattern] of expected.entries()) expect(reasons[index]).toMatch(pattern);
  });

  it('says so when no provider is enabled', () => {
    expect(choose({ prompt: 'x' }, [])).toEqual([expect.stringMatching(/No provider is enabled/)]);
  });
});
