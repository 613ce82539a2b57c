import type { Offer, OfferVariant } from './offer.ts';

/** The codes of a refused field, part of the public contract. */
export const violationCodes = [
  'unknown_field',
  'wrong_type',
  'missing_field',
  'unknown_model',
  'unknown_provider',
  'provider_paused',
  'prompt_too_long',
  'image_not_supported',
  'image_format',
  'image_size',
  'image_side',
  'image_aspect',
  'image_unreachable',
  'video_format',
  'video_unreachable',
  'file_not_found',
  'not_offered',
  'conflicting_fields',
  'metadata_too_large',
  'max_cost_exceeded',
  'webhook_url',
  'too_many_endpoints',
] as const;
export type ViolationCode = (typeof violationCodes)[number];

/** One reason why a request cannot be served as it stands. */
export interface Violation {
  /** The field's public name, for example `first_frame_image`. */
  readonly param: string;
  readonly code: ViolationCode;
  /** Says what was given and what is allowed. */
  readonly message: string;
}

/** An offer that can serve a request, with the variant that it would buy. */
export interface PricedOffer {
  readonly offer: Offer;
  readonly variant: OfferVariant;
}

export interface ExcludedOffer {
  readonly offer: Offer;
  readonly violations: readonly [Violation, ...Violation[]];
}

/** Who can serve a request at what price, and why the others cannot. */
export interface Quote {
  readonly offers: readonly PricedOffer[];
  readonly excluded: readonly ExcludedOffer[];
}
