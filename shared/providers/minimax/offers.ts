import type { ImageLimits, Offer, OfferVariant } from '../../domain/offer.ts';
import type { Operation } from '../../domain/video-request.ts';
import type { NativeModel } from './wire.ts';

/** "Less than 20 MB": read as 20 × 2^20 bytes. Both ends of the aspect are refused, as everywhere. */
const image: ImageLimits = {
  formats: ['jpeg', 'png', 'webp'],
  maxBytes: 20 * 1024 * 1024 - 1,
  minSidePixels: 300,
  isMinSideExclusive: true,
  aspect: [2 / 5, 5 / 2],
  takesDataUrls: true,
};

type Variants = Offer['variants'];

/** What models after 01 sell: 1080P is not sold at 10 s. */
function toVariants(six: number, ten: number, sixFullHd: number, ...others: OfferVariant[]): Variants {
  const hd = { resolution: '768P', size: '1366x768', isPriceAssumed: false } as const;
  const fullHd = { resolution: '1080P', size: '1920x1080', isPriceAssumed: false } as const;
  return [
    { seconds: 6, ...hd, priceMicroUsd: six },
    { seconds: 10, ...hd, priceMicroUsd: ten },
    { seconds: 6, ...fullHd, priceMicroUsd: sixFullHd },
    ...others,
  ];
}

const variantsOf23 = toVariants(280_000, 560_000, 490_000);
const variantsOfFast = toVariants(190_000, 320_000, 330_000);
const variantsOf02 = toVariants(280_000, 560_000, 490_000);
const variantsOf02FromImage = toVariants(
  280_000,
  560_000,
  490_000,
  { seconds: 6, resolution: '512P', priceMicroUsd: 100_000, isPriceAssumed: false },
  { seconds: 10, resolution: '512P', priceMicroUsd: 150_000, isPriceAssumed: false },
);

/** The price list has no 01 models any more: ours are what their resellers ask, rounded up. */
const variantsOf01: Variants = [
  { seconds: 6, resolution: '720P', size: '1280x720', priceMicroUsd: 250_000, isPriceAssumed: true },
];
const variantsOfSubject: Variants = [
  { seconds: 6, resolution: '720P', size: '1280x720', priceMicroUsd: 350_000, isPriceAssumed: true },
];

type Row = readonly [model: string, operation: Operation, nativeModel: NativeModel, variants: Variants];

const rows: readonly Row[] = [
  ['hailuo-2.3', 't2v', 'MiniMax-Hailuo-2.3', variantsOf23],
  ['hailuo-2.3', 'i2v', 'MiniMax-Hailuo-2.3', variantsOf23],
  ['hailuo-2.3-fast', 'i2v', 'MiniMax-Hailuo-2.3-Fast', variantsOfFast],
  ['hailuo-02', 't2v', 'MiniMax-Hailuo-02', variantsOf02],
  ['hailuo-02', 'i2v', 'MiniMax-Hailuo-02', variantsOf02FromImage],
  ['hailuo-02', 'fl2v', 'MiniMax-Hailuo-02', variantsOf02],
  ['hailuo-01', 't2v', 'T2V-01', variantsOf01],
  ['hailuo-01', 'i2v', 'I2V-01', variantsOf01],
  ['hailuo-01-live', 'i2v', 'I2V-01-live', variantsOf01],
  ['hailuo-01-director', 't2v', 'T2V-01-Director', variantsOf01],
  ['hailuo-01-director', 'i2v', 'I2V-01-Director', variantsOf01],
  ['s2v-01', 's2v', 'S2V-01', variantsOfSubject],
];

export const offers: readonly Offer[] = rows.map(toOffer);

function toOffer([model, operation, nativeModel, variants]: Row): Offer {
  return {
    provider: 'minimax',
    model,
    operation,
    nativeModel,
    isOfficial: true,
    aliases: [],
    variants,
    prompt: { isRequired: operation === 't2v', maxLength: 2000 },
    ...(operation !== 't2v' && { image }),
    supports: { promptOptimizer: [true, false], seed: false, negativePrompt: false, aspectRatios: [] },
    ...(hasCameraMoves(nativeModel) && { camera: 'rotating' as const }),
    hasCallback: true,
    typicalSeconds: 180,
  };
}

/** Of the 01 models only the directors are documented to read moves in brackets. */
function hasCameraMoves(nativeModel: NativeModel): boolean {
  return nativeModel.startsWith('MiniMax-Hailuo-') || nativeModel.endsWith('-Director');
}
