import type { ImageLimits, Offer, OfferVariant } from '../../domain/offer.ts';
import { addedSeconds, aspectRatios, videoSeconds } from './wire.ts';

/** The document sets no limits: these are the strictest of all other providers. */
const image: ImageLimits = {
  formats: ['jpeg', 'png'],
  maxBytes: 10 * 1024 * 1024,
  minSidePixels: 300,
  isMinSideExclusive: true,
  maxSidePixels: 4096,
  aspect: [2 / 5, 5 / 2],
  takesDataUrls: false,
};

/** No price is published. An upscale costs as much as the longest video: the source's length is not known. */
const assumedMicroUsdPerSecond = 50_000;
const assumedUpscaleMicroUsd = 400_000;

/** No limit of a prompt is published either: ours is that of the other API of this host. */
const maxPromptLength = 2000;

/** -1 asks for a random one, says the document; where the range ends it does not. */
const seedRange = [-1, 2 ** 31 - 1] as const;

const common = {
  provider: 'haiper',
  model: 'haiper',
  isOfficial: false,
  aliases: [],
  hasCallback: false,
  typicalSeconds: 180,
} as const;

const generate = {
  ...common,
  nativeModel: 'haiper-video',
  variants: toVariants(videoSeconds),
  prompt: { isRequired: true, maxLength: maxPromptLength },
  supports: { promptOptimizer: [], seed: seedRange, negativePrompt: true, aspectRatios },
} as const;

/** The native models are names of ours for what is billed: the document has none, its paths tell the three apart. */
export const offers: readonly Offer[] = [
  { ...generate, operation: 't2v' },
  { ...generate, operation: 'i2v', image },
  {
    ...common,
    operation: 'upscale',
    nativeModel: 'haiper-upscale',
    variants: [{ priceMicroUsd: assumedUpscaleMicroUsd, isPriceAssumed: true }],
    supports: { promptOptimizer: [], seed: false, negativePrompt: false, aspectRatios: [] },
  },
  {
    ...common,
    operation: 'extend',
    nativeModel: 'haiper-extend',
    variants: toVariants(addedSeconds),
    prompt: { isRequired: false, maxLength: maxPromptLength },
    supports: {
      promptOptimizer: [],
      seed: seedRange,
      negativePrompt: true,
      aspectRatios: [],
      guidanceScale: true,
    },
  },
];

function toVariants([first, ...others]: readonly [number, ...number[]]): Offer['variants'] {
  return [toVariant(first), ...others.map(toVariant)];
}

function toVariant(seconds: number): OfferVariant {
  return { seconds, priceMicroUsd: seconds * assumedMicroUsdPerSecond, isPriceAssumed: true };
}
