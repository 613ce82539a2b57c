import type { ImageLimits, Offer } from '../../domain/offer.ts';
import type { Operation } from '../../domain/video-request.ts';
import type { nativeModels } from './wire.ts';

/** The document says "10MB" and "between": read as 10 × 2^20 bytes, and with both ends of the aspect refused. */
const image: ImageLimits = {
  formats: ['jpeg', 'png'],
  maxBytes: 10 * 1024 * 1024,
  minSidePixels: 300,
  isMinSideExclusive: false,
  maxSidePixels: 4096,
  aspect: [2 / 5, 5 / 2],
  takesDataUrls: false,
};

interface Row {
  readonly model: string;
  readonly operation: Operation;
  readonly nativeModel: (typeof nativeModels)[number];
  readonly priceMicroUsd: number;
  readonly isPriceAssumed?: boolean;
  readonly isPromptRequired: boolean;
}

const rows: readonly Row[] = [
  {
    model: 'hailuo-01',
    operation: 't2v',
    nativeModel: 't2v-01',
    priceMicroUsd: 200_000,
    isPromptRequired: true,
  },
  {
    model: 'hailuo-01',
    operation: 'i2v',
    nativeModel: 'i2v-01',
    priceMicroUsd: 200_000,
    isPromptRequired: false,
  },
  {
    model: 'hailuo-01-live',
    operation: 'i2v',
    nativeModel: 'i2v-01-live',
    priceMicroUsd: 200_000,
    isPromptRequired: false,
  },
  {
    model: 'hailuo-01-director',
    operation: 't2v',
    nativeModel: 't2v-01-director',
    priceMicroUsd: 200_000,
    isPriceAssumed: true,
    isPromptRequired: true,
  },
  {
    model: 's2v-01',
    operation: 's2v',
    nativeModel: 's2v-01',
    priceMicroUsd: 300_000,
    isPromptRequired: true,
  },
];

export const offers: readonly Offer[] = rows.map(toOffer);

function toOffer({ priceMicroUsd, isPriceAssumed = false, isPromptRequired, ...row }: Row): Offer {
  return {
    provider: 'piapi',
    ...row,
    isOfficial: false,
    aliases: [],
    variants: [{ seconds: 6, resolution: '720P', size: '1280x720', priceMicroUsd, isPriceAssumed }],
    prompt: { isRequired: isPromptRequired, maxLength: 2000 },
    ...(row.operation === 't2v' ? {} : { image }),
    supports: { promptOptimizer: [true, false], seed: false, negativePrompt: false, aspectRatios: [] },
    hasCallback: true,
    typicalSeconds: 180,
  };
}
