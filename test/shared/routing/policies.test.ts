import { describe, expect, it } from 'vitest';
import type { ImageLimits, Offer } from '../../../shared/domain/offer.ts';
import type { PricedOffer } from '../../../shared/domain/quote.ts';
import {
  chooseOffer,
  type Preferences,
  type Prospect,
  rankOffers,
} from '../../../shared/routing/policies.ts';
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

const prospectOf = ({ typicalSeconds }: Offer): Prospect => ({ isHealthy: true, typicalSeconds });

function choose(request: QuotableRequest, offers: readonly Offer[] = catalogue) {
  const choice = chooseOffer(quote(request, offers), { request, prospectOf, rotation: 0 });
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

interface Seller extends Prospect {
  readonly provider: string;
  readonly priceMicroUsd: number;
}

const aSeller = (provider: string, overrides: Partial<Seller> = {}): Seller => ({
  provider,
  priceMicroUsd: 200_000,
  isHealthy: true,
  typicalSeconds: 180,
  ...overrides,
});

/** Their order by name. */
function rank(
  sellers: readonly Seller[],
  { rotation = 0, ...request }: Preferences['request'] & { readonly rotation?: number } = {},
): string {
  const byName = new Map(sellers.map((seller) => [seller.provider, seller]));
  const priced = sellers.map(({ provider, priceMicroUsd }): PricedOffer => {
    const offer = anOffer({ provider, variants: at(priceMicroUsd) });
    return { offer, variant: offer.variants[0] };
  });
  const preferences = {
    request,
    rotation,
    prospectOf: ({ provider }: Offer) => byName.get(provider) ?? aSeller(provider),
  };
  return rankOffers(priced, preferences)
    .map(({ offer }) => offer.provider)
    .join(' ');
}

describe('rankOffers', () => {
  const cheap = aSeller('cheap', { typicalSeconds: 300 });
  const near = aSeller('near', { priceMicroUsd: 220_000, typicalSeconds: 100 });
  const far = aSeller('far', { priceMicroUsd: 220_001, typicalSeconds: 50 });

  it.each([
    ['auto', 'near cheap far'],
    [undefined, 'near cheap far'],
    ['value', 'cheap near far'],
    ['official', 'cheap near far'],
    ['fastest', 'far near cheap'],
  ] as const)('orders by %s', (policy, expected) => {
    const request = policy === undefined ? {} : { policy };

    expect(rank([cheap, near, far], request)).toBe(expected);
    expect(rank([far, near, cheap], request)).toBe(expected);
  });

  it('takes the cheaper of two that are equally fast within the 10 %', () => {
    expect(rank([near, { ...cheap, typicalSeconds: 100 }], { policy: 'auto' })).toBe('cheap near');
  });

  it('orders what is more than 10 % dearer by price', () => {
    const fast = aSeller('fast', { priceMicroUsd: 300_000, typicalSeconds: 1 });

    expect(rank([fast, far, cheap], { policy: 'auto' })).toBe('cheap far fast');
  });

  it.each(['auto', 'value', 'fastest', 'official'] as const)(
    'puts what does not work last, however cheap and fast, with %s',
    (policy) => {
      const broken = aSeller('broken', { isHealthy: false, priceMicroUsd: 1, typicalSeconds: 1 });

      expect(rank([broken, cheap], { policy })).toBe('cheap broken');
    },
  );

  it('measures the 10 % from the cheapest that works', () => {
    const broken = aSeller('broken', { isHealthy: false, priceMicroUsd: 1 });

    expect(rank([broken, cheap, near], { policy: 'auto' })).toBe('near cheap broken');
  });

  it('takes named providers in the order in which they were named, whether they work or not', () => {
    const broken = aSeller('broken', { isHealthy: false });

    expect(rank([cheap, near, broken], { providers: ['broken', 'near', 'cheap'] })).toBe('broken near cheap');
  });

  it('lets equal offers take turns', () => {
    const equals = ['a', 'b', 'c'].map((name) => aSeller(name));

    expect([0, 1, 2, 3].map((rotation) => rank(equals, { rotation }))).toEqual([
      'a b c',
      'b c a',
      'c a b',
      'a b c',
    ]);
  });

  it('never lets a dearer or a slower offer take a turn', () => {
    const first = Array.from({ length: 6 }, (_, rotation) => rank([near, far, cheap], { rotation }));

    expect(new Set(first)).toEqual(new Set(['near cheap far']));
  });

  it('ranks nothing where nothing fits', () => {
    expect(rank([], { rotation: 7 })).toBe('');
  });
});

describe('a provider that is paused', () => {
  const pause = { param: 'provider', code: 'provider_paused', message: 'paused' } as const;
  const paused = (request: QuotableRequest, offer: Offer) => {
    const { offers, excluded } = quote(request, catalogue);
    const others = excluded.filter((other) => other.offer !== offer);
    expect(offers.map((priced) => priced.offer)).toContain(offer);
    return { offers: [], excluded: [...others, { offer, violations: [pause] as const }] };
  };

  it('is what an order is told that it alone could serve, and nothing about its other offers', () => {
    const request = { prompt: 'x', providers: ['piapi'] };
    const choice = chooseOffer(paused(request, text), { request, prospectOf, rotation: 0 });

    expect(choice).toEqual({ kind: 'refused', violations: [pause] });
  });
});

describe('the reason of an offer whose provider was not named', () => {
  it('does not say that a named provider lacks what it sells', () => {
    const { excluded } = quote({ prompt: 'x', model: 'hailuo-01', providers: ['piapi'] }, catalogue);
    const reasons = excluded.find(({ offer }) => offer === otherText)?.violations;

    expect(reasons).toMatchObject([{ message: expect.stringMatching(/"piapi" was asked for.*cloudsway/) }]);
  });
});

describe('an ordered list without a model', () => {
  it('comes before the default model', () => {
    const offers = [newest, text];

    expect(choose({ prompt: 'x', providers: ['piapi', 'cloudsway'] }, offers)).toBe('piapi t2v-01');
    expect(choose({ prompt: 'x', providers: ['cloudsway', 'piapi'] }, offers)).toBe('cloudsway v2.3');
  });
});

describe('offers whose jobs take equally many whole seconds', () => {
  it('take turns', () => {
    const slower = anOffer({ ...text, provider: b, nativeModel: 'Rival', typicalSeconds: 180.4 });
    const request = { prompt: 'x', policy: 'value' } as const;
    const firsts = [0, 1].map((rotation) => {
      const ranked = rankOffers(quote(request, [text, slower]).offers, { request, prospectOf, rotation });
      return ranked[0]?.offer.nativeModel;
    });

    expect(new Set(firsts).size).toBe(2);
  });
});
