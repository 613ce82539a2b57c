import type { ImageLimits, Offer, OfferVariant } from '../../domain/offer.ts';
import type { Operation } from '../../domain/video-request.ts';
import type { NativeModel } from './wire.ts';

/** The page of the model says 20 MB, the one of errors "under 10MB": the smaller, read as 10 × 2^20 bytes. */
export const imageLimits: ImageLimits = {
  formats: ['jpeg', 'png'],
  maxBytes: 10 * 1024 * 1024 - 1,
  minSidePixels: 300,
  isMinSideExclusive: true,
  aspect: [2 / 5, 5 / 2],
  takesDataUrls: false,
};

/** No price is published: ours are what the dearest of the other sellers asks, rounded up to 5 cents. */
const fastVariants = variantsAt({ standard6: 200_000, standard10: 350_000, pro6: 350_000 });
const variants = variantsAt({ standard6: 300_000, standard10: 600_000, pro6: 500_000 });

interface Row {
  readonly nativeModel: NativeModel;
  readonly operation: Operation;
  readonly variants: Offer['variants'];
}

const models: Readonly<Record<NativeModel, string>> = {
  'hailuo-2-3-fast': 'hailuo-2.3-fast',
  'hailuo-2-3': 'hailuo-2.3',
};

const rows: readonly Row[] = [
  { nativeModel: 'hailuo-2-3-fast', operation: 'i2v', variants: fastVariants },
  { nativeModel: 'hailuo-2-3', operation: 't2v', variants },
  { nativeModel: 'hailuo-2-3', operation: 'i2v', variants },
];

export const offers: readonly Offer[] = rows.map(toOffer);

/** The canonical model behind one in the path. */
export function modelOf(nativeModel: NativeModel): string {
  return models[nativeModel];
}

interface Prices {
  readonly standard6: number;
  readonly standard10: number;
  readonly pro6: number;
}

function variantsAt({ standard6, standard10, pro6 }: Prices): Offer['variants'] {
  const standard = {
    resolution: '768P',
    size: '1366x768',
    isPriceAssumed: true,
  } satisfies Partial<OfferVariant>;
  return [
    { ...standard, seconds: 6, priceMicroUsd: standard6 },
    { ...standard, seconds: 10, priceMicroUsd: standard10 },
    { seconds: 6, resolution: '1080P', size: '1920x1080', priceMicroUsd: pro6, isPriceAssumed: true },
  ];
}

function toOffer(row: Row): Offer {
  return {
    provider: 'apixo',
    model: modelOf(row.nativeModel),
    ...row,
    isOfficial: false,
    aliases: [],
    prompt: { isRequired: true, maxLength: 2000 },
    ...(row.operation === 't2v' ? {} : { image: imageLimits }),
    supports: { promptOptimizer: [true], seed: false, negativePrompt: false, aspectRatios: [] },
    camera: 'rotating',
    hasCallback: true,
    typicalSeconds: 180,
  };
}
