import type { Offer } from '../domain/offer.ts';
import type { ExcludedOffer, PricedOffer, Quote, Violation } from '../domain/quote.ts';
import { unique } from './catalogue-names.ts';
import { imageParams, type QuotableRequest } from './quotable-request.ts';

/** The model of an order that names none, where an enabled provider offers it. */
const defaultModel = 'hailuo-2.3';

type Choice =
  | { readonly kind: 'chosen'; readonly priced: PricedOffer }
  | { readonly kind: 'refused'; readonly violations: readonly [Violation, ...Violation[]] };

/** What a policy knows of an offer besides its price. */
export interface Prospect {
  /** Whether orders to its provider go through at the moment. */
  readonly isHealthy: boolean;
  /** How long its jobs take, as far as that was learned. */
  readonly typicalSeconds: number;
}

/** Whether the gateway may choose the provider by itself, and so also one that starts sooner. */
export function isFreeToChoose({ providers, policy = 'auto' }: Preferences['request']): boolean {
  return providers === undefined && policy === 'auto';
}

/** How a request wants its offers to be ranked. */
export interface Preferences {
  readonly request: Pick<QuotableRequest, 'model' | 'policy' | 'providers' | 'preferredProvider'>;
  prospectOf(offer: Offer): Prospect;
  /** Any number: equal offers take turns by it. */
  readonly rotation: number;
}

/** Picks the best offer that fits, or says what is wrong. */
export function chooseOffer({ offers, excluded }: Quote, preferences: Preferences): Choice {
  const [best] = rankOffers(offers, preferences);
  if (best !== undefined) return { kind: 'chosen', priced: best };
  return { kind: 'refused', violations: explainRefusal(excluded) };
}

/**
 * The offers that fit, best first. Named providers come in the order in which they were named; else those whose
 * orders go through come first, then the policy decides. Of equal offers another one is first at each rotation.
 */
export function rankOffers(offers: readonly PricedOffer[], preferences: Preferences): PricedOffer[] {
  const { request, prospectOf, rotation } = preferences;
  const judged = rotate(offers, rotation).map((priced) => ({ priced, ...prospectOf(priced.offer) }));
  return judged.toSorted(comparison(request, judged)).map(({ priced }) => priced);
}

interface JudgedOffer extends Prospect {
  readonly priced: PricedOffer;
}
type Comparison = (a: JudgedOffer, b: JudgedOffer) => number;

/** The default model first, where nobody named one. */
const byModel: Comparison = (a, b) => Number(isDefault(b)) - Number(isDefault(a));
const isDefault = ({ priced }: JudgedOffer) => priced.offer.model === defaultModel;
const byPrice: Comparison = (a, b) => priceOf(a) - priceOf(b);
/** To the second: nothing that was learned is more exact, and equals shall take turns. */
const byDuration: Comparison = (a, b) => Math.round(a.typicalSeconds) - Math.round(b.typicalSeconds);
const byHealth: Comparison = (a, b) => Number(b.isHealthy) - Number(a.isHealthy);

function comparison(request: Preferences['request'], judged: readonly JudgedOffer[]): Comparison {
  const preferred = request.model === undefined ? judged.filter(isDefault) : [];
  const ofModel = preferred.length === 0 ? () => 0 : byModel;
  const { providers } = request;
  if (providers !== undefined) return inTurn(byOrderOf(providers), ofModel, byPrice, byDuration);
  return inTurn(ofModel, byPolicy(request, preferred.length === 0 ? judged : preferred));
}

function byPolicy(
  { policy, preferredProvider }: Preferences['request'],
  judged: readonly JudgedOffer[],
): Comparison {
  switch (policy) {
    case undefined:
    case 'auto':
      return inTurn(byHealth, byPreference(preferredProvider), byAffordability(judged), byDuration, byPrice);
    case 'value':
    case 'official':
      return inTurn(byHealth, byPrice, byDuration);
    case 'fastest':
      return inTurn(byHealth, byDuration, byPrice);
  }
}

function inTurn(...comparisons: readonly Comparison[]): Comparison {
  return (a, b) => {
    for (const compare of comparisons) {
      const difference = compare(a, b);
      if (difference !== 0) return difference;
    }
    return 0;
  };
}

function byOrderOf(providers: readonly string[]): Comparison {
  const place = ({ priced }: JudgedOffer) => providers.indexOf(priced.offer.provider);
  return (a, b) => place(a) - place(b);
}

function byPreference(provider: string | undefined): Comparison {
  const isPreferred = ({ priced }: JudgedOffer) => priced.offer.provider === provider;
  return (a, b) => Number(isPreferred(b)) - Number(isPreferred(a));
}

/** What costs at most 10 % more than the cheapest healthy offer counts as equally cheap. */
function byAffordability(judged: readonly JudgedOffer[]): Comparison {
  const healthy = judged.filter(({ isHealthy }) => isHealthy);
  const cheapest = Math.min(...(healthy.length > 0 ? healthy : judged).map(priceOf));
  const surcharge = (offer: JudgedOffer) => (priceOf(offer) * 10 <= cheapest * 11 ? 0 : priceOf(offer));
  return (a, b) => surcharge(a) - surcharge(b);
}

function priceOf({ priced }: JudgedOffer): number {
  return priced.variant.priceMicroUsd;
}

function rotate<Value>(values: readonly Value[], rotation: number): Value[] {
  const start = values.length === 0 ? 0 : Math.abs(Math.trunc(rotation)) % values.length;
  return [...values.slice(start), ...values.slice(0, start)];
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

const isAboutPause = ({ code }: Violation) => code === 'provider_paused';
const isAboutModel = ({ param }: Violation) => param === 'model';
const isAboutProvider = ({ param }: Violation) => param === 'provider';
const isAboutOperation = ({ param, code }: Violation) =>
  param === 'operation' ||
  (param === 'source_video' && code === 'not_offered') ||
  code === 'image_not_supported' ||
  (code === 'missing_field' && imageParamNames.has(param));

/** Of the excluded offers those that are right about the most: model, provider, images, then fields. */
function findNearest(excluded: readonly ExcludedOffer[]): readonly ExcludedOffer[] {
  // They would fit: nothing is wrong with the order.
  const stopped = excluded.filter(({ violations }) => violations.every(isAboutPause));
  if (stopped.length > 0) return stopped;
  const coarseRules = [isAboutModel, isAboutProvider, isAboutOperation];
  const near = coarseRules.reduce((offers, isAbout) => {
    const right = offers.filter(({ violations }) => !violations.some(isAbout));
    return right.length > 0 ? right : offers;
  }, excluded);
  const fewest = Math.min(...near.map(({ violations }) => violations.length));
  return near.filter(({ violations }) => violations.length === fewest);
}
