import { promptFor } from '../domain/camera-moves.ts';
import { toUsd } from '../domain/money.ts';
import type { Offer, OfferVariant } from '../domain/offer.ts';
import type { Violation } from '../domain/quote.ts';
import { shorten } from '../domain/shown-text.ts';
import { isSameTier } from '../domain/video-request.ts';
import { nameOf } from './identity-rules.ts';
import type { QuotableRequest } from './quotable-request.ts';

/**
 * A blank prompt is no prompt. Its length is counted in Unicode code points, as it is sent: with its camera moves
 * in the words of the offer.
 */
export function judgePrompt({ prompt }: QuotableRequest, offer: Offer): Violation[] {
  const isGiven = prompt !== undefined && prompt.trim() !== '';
  if (offer.prompt === undefined) {
    if (!isGiven) return [];
    return [
      {
        param: 'prompt',
        code: 'not_offered',
        message: `prompt is not taken by ${nameOf(offer)}; leave it out`,
      },
    ];
  }
  const { isRequired, maxLength } = offer.prompt;
  if (!isGiven) {
    if (!isRequired) return [];
    return [{ param: 'prompt', code: 'missing_field', message: `prompt is required for ${offer.operation}` }];
  }
  const sent = promptFor(offer, prompt);
  const length = [...sent].length;
  if (length <= maxLength) return [];
  const how = sent === prompt ? '' : ' with its camera moves in the words of the provider';
  const message = `prompt has ${length} characters (Unicode code points)${how}; at most ${maxLength} are allowed`;
  return [{ param: 'prompt', code: 'prompt_too_long', message }];
}

interface OptionalField {
  readonly param: string;
  given(request: QuotableRequest): string | number | boolean | undefined;
  /** Every value that can be asked for, or whether any can. */
  allowed(supports: Offer['supports']): boolean | readonly (string | boolean)[];
}

const optionalFields: readonly OptionalField[] = [
  {
    param: 'negative_prompt',
    given: ({ negativePrompt }) => negativePrompt,
    allowed: ({ negativePrompt }) => negativePrompt,
  },
  {
    param: 'aspect_ratio',
    given: ({ aspectRatio }) => aspectRatio,
    allowed: ({ aspectRatios }) => aspectRatios,
  },
  {
    param: 'prompt_optimizer',
    given: ({ promptOptimizer }) => promptOptimizer,
    allowed: ({ promptOptimizer }) => promptOptimizer,
  },
  {
    param: 'guidance_scale',
    given: ({ guidanceScale }) => guidanceScale,
    allowed: ({ guidanceScale = false }) => guidanceScale,
  },
];

export function judgeSeed({ seed }: QuotableRequest, offer: Offer): Violation[] {
  const range = offer.supports.seed;
  const isTaken = seed === undefined || (range !== false && seed >= range[0] && seed <= range[1]);
  if (isTaken) return [];
  const offered = range === false ? 'leave it out' : `allowed are ${range[0]} to ${range[1]}`;
  const message = `seed ${seed} is not offered for ${nameOf(offer)}; ${offered}`;
  return [{ param: 'seed', code: 'not_offered', message }];
}

/** Fields, and values of fields, that only some offers have. */
export function judgeOptionalFields(request: QuotableRequest, offer: Offer): Violation[] {
  return optionalFields.flatMap(({ param, given, allowed }): Violation[] => {
    const value = given(request);
    const values = allowed(offer.supports);
    if (value === undefined || values === true) return [];
    if (values !== false && values.some((other) => other === value)) return [];
    const offered =
      values === false || values.length === 0 ? 'leave it out' : `allowed are ${values.join(', ')}`;
    const shown = param === 'negative_prompt' ? '' : ` ${shorten(`${value}`)}`;
    const message = `${param}${shown} is not offered for ${nameOf(offer)}; ${offered}`;
    return [{ param, code: 'not_offered', message }];
  });
}

/** The variant that a request buys: the first, or the first that has what was asked for. */
export function findVariant(request: QuotableRequest, offer: Offer): OfferVariant | undefined {
  return offer.variants.find((variant) => variantFields.every((field) => hasAsked(request, variant, field)));
}

const variantFields = ['seconds', 'resolution', 'size'] as const;
type VariantField = (typeof variantFields)[number];

function hasAsked(request: QuotableRequest, variant: OfferVariant, field: VariantField): boolean {
  if (field === 'resolution') return hasResolution(request, variant);
  return request[field] === undefined || request[field] === variant[field];
}

function hasResolution(request: QuotableRequest, variant: OfferVariant): boolean {
  if (request.resolution === undefined) return true;
  return variant.resolution !== undefined && isSameTier(request.resolution, variant.resolution);
}

export function judgeVariant(request: QuotableRequest, offer: Offer): Violation[] {
  const given = variantFields.filter((field) => request[field] !== undefined);
  if (findVariant(request, offer) !== undefined) return [];
  const unheardOf = given.filter((field) => !offer.variants.some((it) => hasAsked(request, it, field)));
  // Each may be offered alone and yet not together.
  const refused = unheardOf.length > 0 ? unheardOf : given.slice(0, 1);
  const offered = `is not offered for ${nameOf(offer)}; offered are ${describeVariants(offer)}`;
  const together = given.map((field) => describe(field, request)).join(' at ');
  return refused.map((field) => {
    const asked = unheardOf.length > 0 ? describe(field, request) : together;
    return { param: paramOf(field, request), code: 'not_offered', message: `${asked} ${offered}` };
  });
}

/** The seconds of an extension have a field of their own. */
function paramOf(field: VariantField, { operation }: QuotableRequest): string {
  return field === 'seconds' && operation === 'extend' ? 'extend_seconds' : field;
}

function describe(field: VariantField, request: QuotableRequest): string {
  const param = paramOf(field, request);
  return param === 'seconds' ? `${request.seconds} seconds` : `${param} ${request[field]}`;
}

function describeVariants(offer: Offer): string {
  return offer.variants.map(describeVariant).join(', ');
}

function describeVariant({ seconds, resolution, size }: OfferVariant): string {
  const length = seconds === undefined ? 'the length of the source' : `${seconds} seconds`;
  return `${length}${resolution === undefined ? '' : ` at ${resolution}`}${size === undefined ? '' : ` (${size})`}`;
}

export function judgeCost(request: QuotableRequest, offer: Offer): Violation[] {
  const price = findVariant(request, offer)?.priceMicroUsd;
  const ceiling = request.maxCostMicroUsd;
  if (price === undefined || ceiling === undefined || price <= ceiling) return [];
  const message = `${nameOf(offer)} costs ${toUsd(price)} USD; max_cost_usd is ${toUsd(ceiling)}`;
  return [{ param: 'max_cost_usd', code: 'max_cost_exceeded', message }];
}
