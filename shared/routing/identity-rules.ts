import type { Offer } from '../domain/offer.ts';
import type { Violation } from '../domain/quote.ts';
import { quoted, shorten } from '../domain/shown-text.ts';
import { imageRoles, policies, videoOperations } from '../domain/video-request.ts';
import { aliasNames, modelNames, providerNames, readModelName } from './catalogue-names.ts';
import { imageParams, operationImages, type QuotableRequest } from './quotable-request.ts';

/** Whether an offer is of the model and the provider that were asked for. */
export function judgeIdentity(
  request: QuotableRequest,
  offer: Offer,
  catalogue: readonly Offer[],
): Violation[] {
  return [...judgeModel(request.model, offer, catalogue), ...judgeProvider(request, offer, catalogue)];
}

function judgeModel(name: string | undefined, offer: Offer, catalogue: readonly Offer[]): Violation[] {
  if (name === undefined) return [];
  const named = readModelName(name, catalogue);
  if (
    named?.model === offer.model &&
    named.operations.has(offer.operation) &&
    !isAnother(offer, named.spelled)
  )
    return [];
  if (named !== undefined) {
    return [{ param: 'model', code: 'not_offered', message: `This offer is not ${quoted(name)}` }];
  }
  const known = `known are ${modelNames(catalogue).join(', ')}`;
  const spelled = `also spelled ${aliasNames(catalogue).join(', ')}`;
  const message = `model ${quoted(name)} is unknown; ${known}, ${spelled}`;
  return [{ param: 'model', code: 'unknown_model', message }];
}

/** Whether the offer's provider has the spelling that was given, but means another offer by it. */
function isAnother({ provider, operation, nativeModel }: Offer, spelled: readonly Offer[]): boolean {
  const own = spelled.filter((other) => other.provider === provider && other.operation === operation);
  return own.length > 0 && own.every((other) => other.nativeModel !== nativeModel);
}

function judgeProvider(
  { providers, policy, model = '' }: QuotableRequest,
  offer: Offer,
  catalogue: readonly Offer[],
): Violation[] {
  if (policy === 'official' && !offer.isOfficial) {
    const message = `provider "official" is the maker of the model; ${offer.provider} sells it on`;
    return [{ param: 'provider', code: 'not_offered', message }];
  }
  if (providers === undefined) return [];
  const known = providerNames(catalogue);
  const unknown = providers.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    const allowed = `allowed are ${[...policies, ...known].join(', ')}, or a list of providers`;
    const message = `provider ${quoted(unknown)} is unknown; ${allowed}`;
    return [{ param: 'provider', code: 'unknown_provider', message }];
  }
  if (providers.includes(offer.provider)) return [];
  return [
    { param: 'provider', code: 'not_offered', message: notNamed(providers, model, { offer, catalogue }) },
  ];
}

interface Context {
  readonly offer: Offer;
  readonly catalogue: readonly Offer[];
}

/** Either none of the named providers sells the model, or one does, and this offer is another's. */
function notNamed(providers: readonly string[], name: string, { offer, catalogue }: Context): string {
  const given = `provider ${providers.map((provider) => quoted(provider)).join(', ')}`;
  const wanted = readModelName(name, catalogue)?.model ?? offer.model;
  const sellers = providerNames(catalogue.filter(({ model }) => model === wanted));
  if (providers.some((provider) => sellers.includes(provider))) {
    return `${given} was asked for; this offer is of ${offer.provider}`;
  }
  return `${given} does not offer ${name === '' ? wanted : shorten(name)}; ${sellers.join(', ')} can`;
}

/** Whether the operation that was asked for, the video and the images are those of the offer. */
export function judgeOperation(request: QuotableRequest, offer: Offer): Violation[] {
  return [...judgeVideoOperation(request, offer), ...judgeGivenImages(request, offer)];
}

function judgeVideoOperation({ operation, sourceVideo }: QuotableRequest, offer: Offer): Violation[] {
  const isFromVideo = videoOperations.some((known) => known === offer.operation);
  if (operation !== undefined && operation !== offer.operation) {
    const message = `operation "${operation}" is not what ${nameOf(offer)} does`;
    return [{ param: 'operation', code: 'not_offered', message }];
  }
  if (operation === undefined && isFromVideo) {
    const message = `operation "${offer.operation}" is required by ${nameOf(offer)}`;
    return [{ param: 'operation', code: 'missing_field', message }];
  }
  if (isFromVideo === (sourceVideo !== undefined)) return [];
  if (isFromVideo) {
    const message = `source_video is required by ${nameOf(offer)}`;
    return [{ param: 'source_video', code: 'missing_field', message }];
  }
  const message = `source_video is not taken by ${nameOf(offer)}; it goes with operation ${videoOperations.join(' or ')}`;
  return [{ param: 'source_video', code: 'not_offered', message }];
}

function judgeGivenImages(request: QuotableRequest, offer: Offer): Violation[] {
  const wanted = operationImages[offer.operation];
  const params = request.imageParams ?? imageParams;
  return imageRoles.flatMap((role): Violation[] => {
    const isGiven = request[role] !== undefined;
    const isWanted = wanted.includes(role);
    if (isGiven === isWanted) return [];
    const param = params[role];
    if (isWanted) {
      return [{ param, code: 'missing_field', message: `${param} is required by ${nameOf(offer)}` }];
    }
    const taken = wanted.map((other) => params[other]).join(' and ') || 'no image';
    const message = `${param} is not supported by ${nameOf(offer)}, which takes ${taken}`;
    return [{ param, code: 'image_not_supported', message }];
  });
}

export function nameOf(offer: Offer): string {
  return `${offer.model} ${offer.operation}`;
}
