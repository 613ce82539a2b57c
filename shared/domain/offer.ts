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
  /** Whether the image may travel in the order itself, as a data: URL; a URL is always taken. */
  readonly takesDataUrls: boolean;
}

/**
 * How a provider reads the camera moves in brackets: in the `lateral` vocabulary `[Pan left]` slides the camera
 * sideways, in the `rotating` one of the origin it turns it.
 */
export type CameraVocabulary = 'rotating' | 'lateral';

/** One thing that can be bought: a duration at a resolution, at a price. */
export interface OfferVariant {
  /** Absent where the video that it is made from decides. */
  readonly seconds?: number;
  /** Absent where the provider does not say. */
  readonly resolution?: Resolution;
  /** Pixels of a text-to-video result, `WIDTHxHEIGHT`; a video from an image follows the image's shape. */
  readonly size?: string;
  readonly priceMicroUsd: number;
  /** Whether the provider publishes no price and ours is an assumption. */
  readonly isPriceAssumed: boolean;
}

/** One row of a provider's catalogue: model × operation, its limits, its prices, its typical duration. */
export interface Offer {
  readonly provider: string;
  /** Canonical model id, for example `hailuo-01`. */
  readonly model: string;
  readonly operation: Operation;
  /** The provider's own name of the model, also accepted as an alias in requests. */
  readonly nativeModel: string;
  /** Whether the maker of the model sells it, and nobody in between. */
  readonly isOfficial: boolean;
  readonly aliases: readonly string[];
  /** First is the default. */
  readonly variants: readonly [OfferVariant, ...OfferVariant[]];
  /** Length in Unicode code points; absent on offers that take no prompt. */
  readonly prompt?: { readonly isRequired: boolean; readonly maxLength: number };
  /** Absent on offers that take no image. */
  readonly image?: ImageLimits;
  readonly supports: {
    /** The values that an order can ask for: a provider that always optimizes cannot be told not to. */
    readonly promptOptimizer: readonly boolean[];
    /** The smallest and the largest that can be asked for. */
    readonly seed: false | readonly [least: number, most: number];
    readonly negativePrompt: boolean;
    /** The ratios that can be asked for, as `W:H`. */
    readonly aspectRatios: readonly string[];
    readonly guidanceScale?: true;
  };
  /** Absent where brackets in the prompt mean nothing that is documented. */
  readonly camera?: CameraVocabulary;
  readonly hasCallback: boolean;
  /** How long a job usually takes at the provider. */
  readonly typicalSeconds: number;
}

/** What an account may ask of its provider; absent means no limit that we know. */
export interface ProviderLimits {
  /** Jobs at once. */
  readonly concurrent?: number;
  /** Starts in any minute, and in any hour. */
  readonly perMinute?: number;
  readonly perHour?: number;
  /** Between any two requests, looks included. */
  readonly spacingMs?: number;
}

/** Tells offers of one provider apart: a native model may have several operations. */
export function offerKey({ nativeModel, operation }: Pick<Offer, 'nativeModel' | 'operation'>): string {
  return `${nativeModel} ${operation}`;
}

/** The offer that a task buys, while it is sold. */
export function findOffer(
  offers: readonly Offer[],
  bought: Pick<Offer, 'provider' | 'nativeModel' | 'operation'>,
): Offer | undefined {
  return offers.find((it) => it.provider === bought.provider && offerKey(it) === offerKey(bought));
}
