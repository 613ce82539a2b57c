import { describe, expect, it } from 'vitest';
import type { ImageLimits, Offer } from '../../../shared/domain/offer.ts';
import type { QuotableRequest } from '../../../shared/routing/quotable-request.ts';
import { quote } from '../../../shared/routing/quote.ts';
import { anOffer } from '../../support/orders.ts';

const limits: ImageLimits = {
  formats: ['jpeg', 'png'],
  maxBytes: 1000,
  minSidePixels: 300,
  isMinSideExclusive: false,
  maxSidePixels: 4096,
  aspect: [0.4, 2.5],
  takesDataUrls: false,
};
const variants: Offer['variants'] = [
  { seconds: 6, resolution: '768P', size: '1366x768', priceMicroUsd: 280_000, isPriceAssumed: false },
  { seconds: 10, resolution: '768P', size: '1366x768', priceMicroUsd: 560_000, isPriceAssumed: false },
  { seconds: 6, resolution: '1080P', size: '1920x1080', priceMicroUsd: 490_000, isPriceAssumed: false },
];
const image = (overrides = {}) => ({
  facts: { format: 'png' as const, bytes: 1000, width: 300, height: 400, ...overrides },
});

function judge(request: QuotableRequest, offer: Partial<Offer>) {
  const { offers, excluded } = quote(request, [anOffer(offer)]);
  const refused = excluded.flatMap(({ violations }) =>
    violations.map(({ param, code }) => `${param} ${code}`),
  );
  return { variants: offers.map(({ variant }) => variant), refused };
}

describe('the variant of a quote', () => {
  it.each([
    [{}, variants[0]],
    [{ seconds: 10 }, variants[1]],
    [{ resolution: '1080P' as const }, variants[2]],
    [{ size: '1920x1080' }, variants[2]],
    [{ seconds: 6, resolution: '768P' as const, size: '1366x768' }, variants[0]],
  ])('for %j is the first that has what was asked for', (asked, variant) => {
    expect(judge({ prompt: 'x', ...asked }, { variants })).toEqual({ variants: [variant], refused: [] });
  });

  it.each([
    [{ seconds: 8 }, ['seconds not_offered']],
    [{ seconds: 6.5 }, ['seconds not_offered']],
    [{ seconds: 10, resolution: '1080P' as const }, ['seconds not_offered']],
    [{ seconds: 8, resolution: '512P' as const }, ['seconds not_offered', 'resolution not_offered']],
    [{ size: '720x1280' }, ['size not_offered']],
  ])('is refused for %j', (asked, refused) => {
    expect(judge({ prompt: 'x', ...asked }, { variants })).toEqual({ variants: [], refused });
  });

  it('is refused with what is offered instead', () => {
    const { excluded } = quote({ prompt: 'x', seconds: 10, resolution: '1080P' }, [anOffer({ variants })]);

    expect(excluded[0]?.violations[0].message).toMatch(
      /10 seconds at resolution 1080P is not offered.*6 seconds at 1080P/,
    );
  });
});

describe('the prompt', () => {
  const optional = { isRequired: false, maxLength: 3 };

  it.each([
    ['absent where it is required', undefined, { isRequired: true, maxLength: 3 }, ['prompt missing_field']],
    ['blank where it is required', ' \n', { isRequired: true, maxLength: 3 }, ['prompt missing_field']],
    ['absent where it is optional', undefined, optional, []],
    ['blank where it is optional', '    ', optional, []],
    ['as long as is allowed in code points', '🌊🌊🌊', optional, []],
    ['a code point too long', '🌊🌊🌊a', optional, ['prompt prompt_too_long']],
  ])('%s', (_, prompt, rule, refused) => {
    expect(judge({ prompt }, { prompt: rule }).refused).toEqual(refused);
  });

  it.each([
    ['lateral', ['prompt prompt_too_long']],
    ['rotating', []],
  ] as const)('is measured as it is sent to a %s offer', (camera, refused) => {
    const rule = { isRequired: true, maxLength: '[Pan left]'.length };

    expect(judge({ prompt: '[Pan left]' }, { prompt: rule, camera }).refused).toEqual(refused);
  });
});

describe('fields that not all offers have', () => {
  const none: Offer['supports'] = {
    promptOptimizer: [],
    seed: false,
    negativePrompt: false,
    aspectRatios: [],
  };
  const given = { prompt: 'x', seed: 0, promptOptimizer: false, aspectRatio: '16:9', guidanceScale: 0 };

  it('are refused where they are not supported, also as 0 and false', () => {
    const refused = ['seed', 'aspect_ratio', 'prompt_optimizer', 'guidance_scale'].map(
      (param) => `${param} not_offered`,
    );

    expect(judge(given, { supports: none }).refused).toEqual(refused);
  });

  it('are taken where they are supported', () => {
    const all: Offer['supports'] = {
      promptOptimizer: [true, false],
      seed: [0, 9],
      negativePrompt: true,
      aspectRatios: ['16:9'],
      guidanceScale: true,
    };

    expect(judge(given, { supports: all }).refused).toEqual([]);
  });

  it.each([
    [9, []],
    [10, ['seed not_offered']],
    [-1, ['seed not_offered']],
  ])('take a seed within their range: %i', (seed, refused) => {
    const supports = { ...none, seed: [0, 9] as const };

    expect(judge({ prompt: 'x', seed }, { supports }).refused).toEqual(refused);
  });
});

describe('images', () => {
  const i2v = { operation: 'i2v', image: limits } as const;

  it.each([
    ['as small, large and heavy as is allowed', {}, []],
    ['of another format', { format: 'webp' }, ['image_format']],
    ['a byte too heavy', { bytes: 1001 }, ['image_size']],
    ['a pixel too short', { width: 299 }, ['image_side']],
    ['a pixel too long', { width: 4097, height: 4096 }, ['image_side']],
    ['exactly at the smallest aspect', { width: 400, height: 1000 }, ['image_aspect']],
    ['exactly at the largest aspect', { width: 1000, height: 400 }, ['image_aspect']],
    [
      'wrong in every way',
      { format: 'webp', bytes: 1001, width: 1, height: 400 },
      ['image_format', 'image_size', 'image_side', 'image_aspect'],
    ],
  ])('%s', (_, facts, codes) => {
    const { refused } = judge({ firstFrameImage: image(facts), prompt: 'x' }, i2v);

    expect(refused).toEqual(codes.map((code) => `first_frame_image ${code}`));
  });

  it('at an exclusive smallest side are refused', () => {
    const offer = { ...i2v, image: { ...limits, isMinSideExclusive: true } };

    expect(judge({ firstFrameImage: image(), prompt: 'x' }, offer).refused).toEqual([
      'first_frame_image image_side',
    ]);
  });

  it('fit as long as nobody looked at them', () => {
    expect(judge({ firstFrameImage: {}, prompt: 'x' }, i2v).refused).toEqual([]);
  });

  it.each([
    ['t2v', { firstFrameImage: {} }, ['first_frame_image image_not_supported']],
    ['i2v', {}, ['first_frame_image missing_field']],
    ['i2v', { subjectImage: {} }, ['first_frame_image missing_field', 'subject_image image_not_supported']],
    ['fl2v', { firstFrameImage: {} }, ['last_frame_image missing_field']],
    ['s2v', { subjectImage: {}, firstFrameImage: {} }, ['first_frame_image image_not_supported']],
  ] as const)('that an offer of %s does not take, or misses, are named: %j', (operation, images, refused) => {
    expect(judge({ prompt: 'x', ...images }, { operation, image: limits }).refused).toEqual(refused);
  });
});

describe('what is made from a video', () => {
  const upscale = { operation: 'upscale', variants: [{ priceMicroUsd: 1, isPriceAssumed: true }] } as const;
  const extend = {
    operation: 'extend',
    variants: [{ seconds: 4, priceMicroUsd: 1, isPriceAssumed: true }],
  } as const;
  const sourceVideo = {};

  it.each([
    [upscale, { operation: 'upscale', sourceVideo }, []],
    [extend, { operation: 'extend', sourceVideo, seconds: 4 }, []],
    [upscale, { operation: 'upscale' }, ['source_video missing_field']],
    [upscale, { sourceVideo }, ['operation missing_field']],
    [upscale, {}, ['operation missing_field']],
    [upscale, { operation: 'extend', sourceVideo }, ['operation not_offered']],
    [{}, { operation: 'extend', sourceVideo }, ['operation not_offered']],
    [{}, { sourceVideo }, ['source_video not_offered']],
    [extend, { operation: 'extend', sourceVideo, seconds: 3 }, ['extend_seconds not_offered']],
    [upscale, { operation: 'upscale', sourceVideo, seconds: 6 }, ['seconds not_offered']],
    [
      upscale,
      { operation: 'upscale', sourceVideo, firstFrameImage: {} },
      ['first_frame_image image_not_supported'],
    ],
  ] as const)('by %j is judged for %j', (offer, request, refused) => {
    const prompt = request === undefined || 'operation' in request ? undefined : 'x';
    const taken = { ...offer, ...('operation' in offer && { prompt: { isRequired: false, maxLength: 9 } }) };

    expect(judge({ prompt, ...request }, taken).refused).toEqual(refused);
  });
});

describe('the policy "official"', () => {
  it('leaves only what the maker of the model sells', () => {
    expect(judge({ prompt: 'x', policy: 'official' }, {}).refused).toEqual(['provider not_offered']);
    expect(judge({ prompt: 'x', policy: 'official' }, { isOfficial: true }).refused).toEqual([]);
  });
});

describe('the ceiling', () => {
  it.each([
    [199_999, ['max_cost_usd max_cost_exceeded']],
    [200_000, []],
    [0, ['max_cost_usd max_cost_exceeded']],
  ])('of %i micro-USD against a price of 200000', (maxCostMicroUsd, refused) => {
    expect(judge({ prompt: 'x', maxCostMicroUsd }, {}).refused).toEqual(refused);
  });
});
