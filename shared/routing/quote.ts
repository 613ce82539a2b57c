import type { Offer } from '../domain/offer.ts';
import type { ExcludedOffer, PricedOffer, Quote, Violation } from '../domain/quote.ts';
import { readModelName } from './catalogue-names.ts';
import {
  findVariant,
  judgeCost,
  judgeOptionalFields,
  judgePrompt,
  judgeSeed,
  judgeVariant,
} from './field-rules.ts';
import { judgeIdentity, judgeOperation } from './identity-rules.ts';
import { judgeImages } from './image-rules.ts';
import type { QuotableRequest } from './quotable-request.ts';

const fieldRules = [judgePrompt, judgeVariant, judgeSeed, judgeOptionalFields, judgeImages, judgeCost];

/** Prices a request at every offer that can serve it and says why the others cannot. */
export function quote(given: QuotableRequest, offers: readonly Offer[]): Quote {
  const request = asSpelled(given, offers);
  const priced: PricedOffer[] = [];
  const excluded: ExcludedOffer[] = [];
  for (const offer of offers) {
    const [first, ...others] = judge(request, offer, offers);
    const variant = findVariant(request, offer);
    if (first !== undefined) excluded.push({ offer, violations: [first, ...others] });
    else if (variant !== undefined) priced.push({ offer, variant });
  }
  return { offers: priced, excluded };
}

/**
 * A provider's own spelling may stand for a quality: what it would give when nothing else is said, another provider
 * must give too.
 */
function asSpelled(request: QuotableRequest, offers: readonly Offer[]): QuotableRequest {
  const named = request.model === undefined ? undefined : readModelName(request.model, offers);
  const [variant, ...others] = (named?.spelled ?? []).flatMap((offer) => {
    const found = judgeOperation(request, offer).length === 0 ? findVariant(request, offer) : undefined;
    return found ?? [];
  });
  const isSaid = request.resolution !== undefined || request.size !== undefined;
  if (variant?.resolution === undefined || isSaid) return request;
  const isOneQuality = others.every(({ resolution }) => resolution === variant.resolution);
  return isOneQuality ? { ...request, resolution: variant.resolution } : request;
}

/** Goes from coarse to fine and stops where an offer is out, so that its reasons are about one thing. */
function judge(request: QuotableRequest, offer: Offer, offers: readonly Offer[]): Violation[] {
  const identity = judgeIdentity(request, offer, offers);
  if (identity.length > 0) return identity;
  const operation = judgeOperation(request, offer);
  if (operation.length > 0) return operation;
  return fieldRules.flatMap((rule) => rule(request, offer));
}
