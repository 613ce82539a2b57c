import type { ImageLimits, Offer, OfferVariant } from '../../domain/offer.ts';
import type { Operation, Resolution } from '../../domain/video-request.ts';
import { priceOfCredits } from './credits.ts';
import { inputFieldsOf, type MarketModel } from './wire.ts';

/** "10MB" is read as 10 × 2^20 bytes. The documents give no sides: the limits are those of the models' maker. */
export const marketImage: ImageLimits = {
  formats: ['jpeg', 'png', 'webp'],
  maxBytes: 10 * 1024 * 1024,
  minSidePixels: 300,
  isMinSideExclusive: true,
  aspect: [2 / 5, 5 / 2],
  takesDataUrls: false,
};

type Cell = readonly [seconds: number, resolution: Resolution, credits: number];

interface Row {
  readonly nativeModel: MarketModel;
  readonly model: string;
  readonly operations: readonly Operation[];
  /** First is the default. */
  readonly cells: readonly [Cell, ...Cell[]];
  readonly maxPromptLength: number;
}

/** Credits as third parties report them: the market's pages give none. Nobody reports 512P: it is taken for 768P. */
const rows: readonly Row[] = [
  {
    nativeModel: 'hailuo/02-text-to-video-standard',
    model: 'hailuo-02',
    operations: ['t2v'],
    cells: [
      [6, '768P', 30],
      [10, '768P', 50],
    ],
    maxPromptLength: 1500,
  },
  {
    nativeModel: 'hailuo/02-text-to-video-pro',
    model: 'hailuo-02',
    operations: ['t2v'],
    cells: [[6, '1080P', 57]],
    maxPromptLength: 1500,
  },
  {
    nativeModel: 'hailuo/02-image-to-video-standard',
    model: 'hailuo-02',
    operations: ['i2v', 'fl2v'],
    cells: [
      [6, '768P', 30],
      [10, '768P', 50],
      [6, '512P', 30],
      [10, '512P', 50],
    ],
    maxPromptLength: 1500,
  },
  {
    nativeModel: 'hailuo/02-image-to-video-pro',
    model: 'hailuo-02',
    operations: ['i2v', 'fl2v'],
    cells: [[6, '1080P', 57]],
    maxPromptLength: 1500,
  },
  {
    nativeModel: 'hailuo/2-3-image-to-video-standard',
    model: 'hailuo-2.3',
    operations: ['i2v'],
    cells: [
      [6, '768P', 30],
      [10, '768P', 50],
      [6, '1080P', 50],
    ],
    maxPromptLength: 5000,
  },
  {
    nativeModel: 'hailuo/2-3-image-to-video-pro',
    model: 'hailuo-2.3',
    operations: ['i2v'],
    cells: [
      [6, '768P', 45],
      [10, '768P', 90],
      [6, '1080P', 80],
    ],
    maxPromptLength: 5000,
  },
];

/** What is sold under a name of the market: which model, how long and how sharp, for how long a prompt. */
export function productOf(nativeModel: MarketModel): Pick<Row, 'model' | 'cells' | 'maxPromptLength'> {
  const row = rows.find((product) => product.nativeModel === nativeModel);
  if (row === undefined) throw new Error(`Nothing is sold under the name ${nativeModel}`);
  return row;
}

interface Shelf {
  readonly provider: string;
  /** The models that this provider sells. */
  readonly nativeModels: readonly MarketModel[];
  readonly microUsdPerCredit: number;
}

export function toMarketOffers({ provider, nativeModels, microUsdPerCredit }: Shelf): Offer[] {
  const sold = rows.filter(({ nativeModel }) => nativeModels.includes(nativeModel));
  return sold.flatMap((row) =>
    row.operations.map((operation) => toOffer(row, { provider, operation, microUsdPerCredit })),
  );
}

interface Sale {
  readonly provider: string;
  readonly operation: Operation;
  readonly microUsdPerCredit: number;
}

function toOffer({ nativeModel, model, cells, maxPromptLength }: Row, sale: Sale): Offer {
  const { provider, operation, microUsdPerCredit } = sale;
  const [first, ...others] = cells;
  const price = (cell: Cell) => toVariant(cell, microUsdPerCredit);
  return {
    provider,
    model,
    operation,
    nativeModel,
    isOfficial: false,
    aliases: [],
    variants: [price(first), ...others.map(price)],
    prompt: { isRequired: true, maxLength: maxPromptLength },
    ...(operation === 't2v' ? {} : { image: marketImage }),
    supports: {
      promptOptimizer: inputFieldsOf(nativeModel)?.has('prompt_optimizer') ? [true, false] : [true],
      seed: false,
      negativePrompt: false,
      aspectRatios: [],
    },
    camera: 'rotating',
    hasCallback: true,
    typicalSeconds: 180,
  };
}

/** Pixels as the models' maker makes them. */
const sizes: Readonly<Partial<Record<Resolution, string>>> = { '768P': '1366x768', '1080P': '1920x1080' };

function toVariant([seconds, resolution, credits]: Cell, microUsdPerCredit: number): OfferVariant {
  const size = sizes[resolution];
  return {
    seconds,
    resolution,
    ...(size === undefined ? {} : { size }),
    priceMicroUsd: priceOfCredits(credits, microUsdPerCredit),
    isPriceAssumed: true,
  };
}
