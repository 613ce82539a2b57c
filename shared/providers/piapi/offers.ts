import type { CameraVocabulary, ImageLimits, Offer, OfferVariant } from '../../domain/offer.ts';
import type { Operation } from '../../domain/video-request.ts';
import type { nativeModels } from './wire.ts';

/** The document says "10MB" and "between": read as 10 × 2^20 bytes, and with both ends of the aspect refused. */
export const imageLimits: ImageLimits = {
  formats: ['jpeg', 'png'],
  maxBytes: 10 * 1024 * 1024,
  minSidePixels: 300,
  isMinSideExclusive: false,
  maxSidePixels: 4096,
  aspect: [2 / 5, 5 / 2],
  takesDataUrls: false,
};

/** The document's models: one length, one size, one price. */
function only(priceMicroUsd: number): OfferVariant {
  return { seconds: 6, resolution: '720P', size: '1280x720', priceMicroUsd, isPriceAssumed: false };
}

const hd = { resolution: '768P', size: '1366x768', isPriceAssumed: true } as const;
const fullHd = { resolution: '1080P', size: '1920x1080', isPriceAssumed: true } as const;

/** What callers of the newer models report to have paid. */
const variants: Offer['variants'] = [
  { ...hd, seconds: 6, priceMicroUsd: 230_000 },
  { ...hd, seconds: 10, priceMicroUsd: 450_000 },
  { ...fullHd, seconds: 6, priceMicroUsd: 400_000 },
];

/** PiAPI itself says only "from $0.16". */
const fastVariants: Offer['variants'] = [
  { ...hd, seconds: 6, priceMicroUsd: 160_000, isPriceAssumed: false },
  { ...hd, seconds: 10, priceMicroUsd: 260_000 },
  { ...fullHd, seconds: 6, priceMicroUsd: 260_000 },
];

interface Row {
  readonly model: string;
  readonly operation: Operation;
  readonly nativeModel: (typeof nativeModels)[number];
  readonly variants: Offer['variants'];
  readonly isPromptRequired: boolean;
  /** The origin documents moves for its directors and for 2.3; this provider is silent. */
  readonly camera?: CameraVocabulary;
}

const rows: readonly Row[] = [
  {
    model: 'hailuo-01',
    operation: 't2v',
    nativeModel: 't2v-01',
    variants: [only(200_000)],
    isPromptRequired: true,
  },
  {
    model: 'hailuo-01',
    operation: 'i2v',
    nativeModel: 'i2v-01',
    variants: [only(200_000)],
    isPromptRequired: false,
  },
  {
    model: 'hailuo-01-live',
    operation: 'i2v',
    nativeModel: 'i2v-01-live',
    variants: [only(200_000)],
    isPromptRequired: false,
  },
  {
    model: 'hailuo-01-director',
    operation: 't2v',
    nativeModel: 't2v-01-director',
    variants: [{ ...only(200_000), isPriceAssumed: true }],
    isPromptRequired: true,
    camera: 'rotating',
  },
  {
    model: 's2v-01',
    operation: 's2v',
    nativeModel: 's2v-01',
    variants: [only(300_000)],
    isPromptRequired: true,
  },
  {
    model: 'hailuo-2.3',
    operation: 't2v',
    nativeModel: 'v2.3',
    variants,
    isPromptRequired: true,
    camera: 'rotating',
  },
  {
    model: 'hailuo-2.3',
    operation: 'i2v',
    nativeModel: 'v2.3',
    variants,
    isPromptRequired: false,
    camera: 'rotating',
  },
  {
    model: 'hailuo-2.3-fast',
    operation: 'i2v',
    nativeModel: 'v2.3-fast',
    variants: fastVariants,
    isPromptRequired: false,
    camera: 'rotating',
  },
];

export const offers: readonly Offer[] = rows.map(toOffer);

function toOffer({ isPromptRequired, ...row }: Row): Offer {
  return {
    provider: 'piapi',
    ...row,
    isOfficial: false,
    aliases: [],
    prompt: { isRequired: isPromptRequired, maxLength: 2000 },
    ...(row.operation === 't2v' ? {} : { image: imageLimits }),
    supports: { promptOptimizer: [true, false], seed: false, negativePrompt: false, aspectRatios: [] },
    hasCallback: true,
    typicalSeconds: 180,
  };
}
