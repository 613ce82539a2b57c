import { toUsd } from '../domain/money.ts';
import type { Offer, OfferVariant } from '../domain/offer.ts';
import type { Violation } from '../domain/quote.ts';
import { nameOf } from './identity-rules.ts';
import type { QuotableRequest } from './quotable-request.ts';

/** A blank prompt is no prompt. Its length is counted in Unicode code points. */
export function judgePrompt({ prompt }: QuotableRequest, offer: Offer): Violation[] {
  const { isRequired, maxLength } = offer.prompt;
  if (prompt === undefined || prompt.trim() === '') {
    if (!isRequired) return [];
    return [{ param: 'prompt', code: 'missing_field', message: `prompt is required for ${offer.operation}` }];
  }
  const length = [...prompt].length;
  if (length <= maxLength) return [];
  const message = `prompt has ${length} characters (Unicode code points); at most ${maxLength} are allowed`;
  return [{ param: 'prompt', code: 'prompt_too_long', message }];
}

const optionalFields = [
  ['seed', 'seed', 'seed'],
  ['aspectRatio', 'aspect_ratio', 'aspectRatio'],
  ['promptOptimizer', 'prompt_optimizer', 'promptOptimizer'],
] as const;

/** Fields that only some offers have. */
export function judgeOptionalFields(request: QuotableRequest, offer: Offer): Violation[] {
  return optionalFields
    .filter(([field, , support]) => request[field] !== undefined && !offer.supports[support])
    .map(([, param]) => ({
      param,
      code: 'not_offered',
      message: `${param} is not offered for ${nameOf(offer)}; leave it out`,
    }));
}

/** The variant that a request buys: the first, or the first that has what was asked for. */
export function findVariant(request: QuotableRequest, offer: Offer): OfferVariant | undefined {
  return offer.variants.find((variant) => variantFields.every((field) => hasAsked(request, variant, field)));
}

const variantFields = ['seconds', 'resolution', 'size'] as const;
type VariantField = (typeof variantFields)[number];

function hasAsked(request: QuotableRequest, variant: OfferVariant, field: VariantField): boolean {
  return request[field] === undefined || request[field] === variant[field];
}

export function judgeVariant(request: QuotableRequest, offer: Offer): Violation[] {
  const given = variantFields.filter((field) => request[field] !== undefined);
  if (findVariant(request, offer) !== undefined) return [];
  const unheardOf = given.filter((field) => !offer.variants.some((it) => hasAsked(request, it, field)));
  // Each may be offered alone and yet not together.
  const refused = unheardOf.length > 0 ? unheardOf : given.slice(0, 1);
  const offered = `is not offered for ${nameOf(offer)}; offered are ${describeVariants(offer)}`;
  const together = given.map((field) => describe(field, request)).join(' at ');
  return refused.map((param) => {
    const asked = unheardOf.length > 0 ? describe(param, request) : together;
    return { param, code: 'not_offered', message: `${asked} ${offered}` };
  });
}

function describe(field: VariantField, request: QuotableRequest): string {
  return field === 'seconds' ? `${request.seconds} seconds` : `${field} ${request[field]}`;
}

function describeVariants(offer: Offer): string {
  return offer.variants.map((it) => `${it.seconds} seconds at ${it.resolution} (${it.size})`).join(', ');
}

export function judgeCost(request: QuotableRequest, offer: Offer): Violation[] {
  const price = findVariant(request, offer)?.priceMicroUsd;
  const ceiling = request.maxCostMicroUsd;
  if (price === undefined || ceiling === undefined || price <= ceiling) return [];
  const message = `${nameOf(offer)} costs ${toUsd(price)} USD; max_cost_usd is ${toUsd(ceiling)}`;
  return [{ param: 'max_cost_usd', code: 'max_cost_exceeded', message }];
}
