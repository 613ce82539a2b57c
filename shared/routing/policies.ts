import type { ExcludedOffer, PricedOffer, Quote, Violation } from '../domain/quote.ts';
import { unique } from './catalogue-names.ts';
import { imageParams, type QuotableRequest } from './quotable-request.ts';

/** The model of an order that names none, where an enabled provider offers it. */
const defaultModel = 'hailuo-2.3';

type Choice =
  | { readonly kind: 'chosen'; readonly priced: PricedOffer }
  | { readonly kind: 'refused'; readonly violations: readonly [Violation, ...Violation[]] };

/** Picks the cheapest offer that fits, of equal ones the first in the catalogue; or says what is wrong. */
export function chooseOffer({ offers, excluded }: Quote, request: Pick<QuotableRequest, 'model'>): Choice {
  const preferred = offers.filter(({ offer }) => offer.model === defaultModel);
  const candidates = request.model === undefined && preferred.length > 0 ? preferred : offers;
  const [cheapest] = candidates.toSorted((a, b) => a.variant.priceMicroUsd - b.variant.priceMicroUsd);
  if (cheapest !== undefined) return { kind: 'chosen', priced: cheapest };
  return { kind: 'refused', violations: explainRefusal(excluded) };
}

/** The reasons of the offers that came closest, one for each field and code. */
function explainRefusal(excluded: readonly ExcludedOffer[]): [Violation, ...Violation[]] {
  const nearest = findNearest(excluded);
  const reasons = nearest.flatMap(({ offer, violations }) =>
    violations.map((violation) => ({ ...violation, provider: offer.provider })),
  );
  const [first = noOffers, ...others] = unique(reasons.map(toKind)).flatMap((kind) =>
    mergeReasons(reasons.filter((reason) => toKind(reason) === kind)),
  );
  return [first, ...others];
}

function toKind({ param, code }: Violation): string {
  return `${param} ${code}`;
}

function mergeReasons(reasons: readonly (Violation & { readonly provider: string })[]): Violation[] {
  return reasons.slice(0, 1).map(({ provider, message, ...violation }) => {
    const isUnanimous = reasons.every((reason) => reason.message === message);
    return { ...violation, message: isUnanimous ? message : `${message} (${provider}; other offers differ)` };
  });
}

const noOffers: Violation = {
  param: 'model',
  code: 'not_offered',
  message: 'No provider is enabled that offers a model',
};

const imageParamNames: ReadonlySet<string> = new Set(Object.values(imageParams));

const isAboutModel = ({ param }: Violation) => param === 'model';
const isAboutProvider = ({ param }: Violation) => param === 'provider';
const isAboutOperation = ({ param, code }: Violation) =>
  code === 'image_not_supported' || (code === 'missing_field' && imageParamNames.has(param));

/** Of the excluded offers those that are right about the most: model, provider, images, then fields. */
function findNearest(excluded: readonly ExcludedOffer[]): readonly ExcludedOffer[] {
  const coarseRules = [isAboutModel, isAboutProvider, isAboutOperation];
  const near = coarseRules.reduce((offers, isAbout) => {
    const right = offers.filter(({ violations }) => !violations.some(isAbout));
    return right.length > 0 ? right : offers;
  }, excluded);
  const fewest = Math.min(...near.map(({ violations }) => violations.length));
  return near.filter(({ violations }) => violations.length === fewest);
}
