import type { ImageFormat, Operation, Resolution } from './video-request.ts';

/** What an offer demands of each image. Sides and aspect are exclusive or inclusive as the provider says. */
export interface ImageLimits {
  readonly formats: readonly ImageFormat[];
  readonly maxBytes: number;
  readonly minSidePixels: number;
  /** Whether a side of exactly `minSidePixels` is refused. */
  readonly isMinSideExclusive: boolean;
  readonly maxSidePixels?: number;
  /** Smallest and largest width ÷ height, both refused themselves. */
  readonly aspect: readonly [smallest: number, largest: number];
}

/** One thing that can be bought: a duration at a resolution, at a price. */
export interface OfferVariant {
  readonly seconds: number;
  readonly resolution: Resolution;
  /** Pixels of a text-to-video result, `WIDTHxHEIGHT`; a video from an image follows the image's shape. */
  readonly size: string;
  readonly priceMicroUsd: number;
}

/** One row of a provider's catalogue: model × operation, its limits, its prices, its typical duration. */
export interface Offer {
  readonly provider: string;
  /** Canonical model id, for example `hailuo-01`. */
  readonly model: string;
  readonly operation: Operation;
  /** The provider's own name of the model, also accepted as an alias in requests. */
  readonly nativeModel: string;
  readonly aliases: readonly string[];
  /** First is the default. */
  readonly variants: readonly [OfferVariant, ...OfferVariant[]];
  /** Whether the provider publishes no price and ours is an assumption. */
  readonly isPriceAssumed: boolean;
  /** Length in Unicode code points. */
  readonly prompt: { readonly isRequired: boolean; readonly maxLength: number };
  /** Absent on offers that take no image. */
  readonly image?: ImageLimits;
  readonly supports: {
    readonly promptOptimizer: boolean;
    readonly seed: boolean;
    readonly aspectRatio: boolean;
  };
  readonly hasCallback: boolean;
  /** How long a job usually takes at the provider. */
  readonly typicalSeconds: number;
}
