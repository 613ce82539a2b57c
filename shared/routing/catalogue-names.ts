import type { Offer } from '../domain/offer.ts';
import type { Operation } from '../domain/video-request.ts';

/** What a client means by a model's name: a model, and the operations that the spelling stands for. */
interface NamedModel {
  readonly model: string;
  readonly operations: ReadonlySet<Operation>;
  /** The offers that have the spelling; none where the name is the model's own. */
  readonly spelled: readonly Offer[];
}

/**
 * Reads a canonical id or any spelling that a provider uses, in any case. A provider's spelling stands for
 * what that provider does under it: one that makes videos from text takes no image.
 */
export function readModelName(name: string, offers: readonly Offer[]): NamedModel | undefined {
  const wanted = name.toLowerCase();
  const canonical = offers.filter((offer) => offer.model === wanted);
  const spelled = offers.filter((offer) => spellings(offer).some((text) => text.toLowerCase() === wanted));
  const meant = canonical.length > 0 ? canonical : spelled;
  const [first] = meant;
  if (first === undefined) return undefined;
  const operations = new Set(meant.map((offer) => offer.operation));
  return { model: first.model, operations, spelled: canonical.length > 0 ? [] : spelled };
}

export function modelNames(offers: readonly Offer[]): string[] {
  return unique(offers.map((offer) => offer.model));
}

/** The names by which `offers` can be ordered besides their models' own. */
export function aliasNames(offers: readonly Offer[]): string[] {
  return unique(offers.flatMap(spellings)).filter((name) => offers.every((offer) => offer.model !== name));
}

export function providerNames(offers: readonly Offer[]): string[] {
  return unique(offers.map((offer) => offer.provider));
}

function spellings(offer: Offer): string[] {
  return [offer.nativeModel, ...offer.aliases];
}

export function unique<Value>(values: readonly Value[]): Value[] {
  return [...new Set(values)];
}
