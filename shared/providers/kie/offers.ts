import type { Offer, OfferVariant } from '../../domain/offer.ts';
import type { Operation, Resolution } from '../../domain/video-request.ts';
import { priceOfCredits } from '../market/credits.ts';
import { marketImage } from '../market/offers.ts';
import { aspectRatios, type NativeModel, seedRange } from './wire.ts';

/** Each duration of the document has one price, at 720p and at 1080p alike. */
interface Credits {
  readonly 6: number;
  readonly 8: number;
  readonly 10: number;
}

interface Row {
  readonly nativeModel: NativeModel;
  readonly operation: Operation;
  readonly credits: Credits;
}

const credits02: Credits = { 6: 45, 8: 60, 10: 60 };
const credits23: Credits = { 6: 52.5, 8: 70, 10: 70 };
const credits23Fast: Credits = { 6: 37.5, 8: 50, 10: 50 };

const models: Readonly<Record<NativeModel, string>> = {
  'hailuo-02': 'hailuo-02',
  'hailuo-2-3': 'hailuo-2.3',
  'hailuo-2-3-fast': 'hailuo-2.3-fast',
};

/** The canonical model behind a value of `model`. */
export function modelOf(nativeModel: NativeModel): string {
  return models[nativeModel];
}

/** The fast model makes nothing from text: the models' maker has no such model. */
const rows: readonly Row[] = [
  { nativeModel: 'hailuo-02', operation: 't2v', credits: credits02 },
  { nativeModel: 'hailuo-02', operation: 'i2v', credits: credits02 },
  { nativeModel: 'hailuo-2-3', operation: 't2v', credits: credits23 },
  { nativeModel: 'hailuo-2-3', operation: 'i2v', credits: credits23 },
  { nativeModel: 'hailuo-2-3-fast', operation: 'i2v', credits: credits23Fast },
];

/** The document prices in credits, and does not say what a credit costs: every price in USD is assumed. */
export function toOffers(microUsdPerCredit: number): Offer[] {
  return rows.map((row) => toOffer(row, microUsdPerCredit));
}

function toOffer({ credits, ...row }: Row, microUsdPerCredit: number): Offer {
  const price = (seconds: keyof Credits, resolution: Resolution): OfferVariant => ({
    seconds,
    resolution,
    size: resolution === '1080P' ? '1920x1080' : '1280x720',
    priceMicroUsd: priceOfCredits(credits[seconds], microUsdPerCredit),
    isPriceAssumed: true,
  });
  const isFromText = row.operation === 't2v';
  return {
    provider: 'kie',
    model: modelOf(row.nativeModel),
    ...row,
    isOfficial: false,
    aliases: [],
    variants: [price(6, '720P'), price(8, '720P'), price(10, '720P'), price(6, '1080P'), price(8, '1080P')],
    prompt: { isRequired: true, maxLength: 800 },
    ...(isFromText ? {} : { image: marketImage }),
    supports: {
      promptOptimizer: [true],
      seed: seedRange,
      negativePrompt: false,
      aspectRatios: isFromText ? aspectRatios : [],
    },
    camera: 'rotating',
    hasCallback: true,
    typicalSeconds: 180,
  };
}
