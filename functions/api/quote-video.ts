import type { QuoteAnswer } from '../../shared/contract/quote.ts';
import { toUsd } from '../../shared/domain/money.ts';
import type { ExcludedOffer, PricedOffer, Quote } from '../../shared/domain/quote.ts';
import { type HttpAnswer, jsonAnswer } from '../../shared/http/http-event.ts';
import { probeMedia, toRequest } from '../../shared/ordering/order-media.ts';
import { refuseIfAny } from '../../shared/ordering/parse-fields.ts';
import { judgeWebhook } from '../../shared/ordering/place-order.ts';
import { type Market, openMarket } from '../../shared/ordering/route-order.ts';
import { expectedSize } from '../../shared/ordering/video-size.ts';
import type { QuotableRequest } from '../../shared/routing/quotable-request.ts';
import type { AccountRequest, ApiDependencies } from './api-dependencies.ts';
import { readOrder } from './read-order.ts';

/** POST /v1/videos/quote: who could serve an order at what price. Nothing is stored, held or sent. */
export async function quoteVideo(
  { event, account }: AccountRequest,
  api: ApiDependencies,
): Promise<HttpAnswer> {
  const { draft, violations } = await readOrder(event);
  refuseIfAny([...violations, ...judgeWebhook(draft, api)]);
  const media = await probeMedia(draft, account, api);
  refuseIfAny(media.violations);
  const market = await openMarket(api);
  const request = { ...toRequest(draft, media.probed), imageParams: draft.imageParams };
  const quote = market.quote(request);
  const answer: QuoteAnswer = {
    object: 'quote',
    offers: quote.offers.map((priced) => toOffer(priced, request, market)),
    excluded: alternatives(quote).map(toExcluded),
  };
  return jsonAnswer(200, answer);
}

function toOffer({ offer, variant }: PricedOffer, request: QuotableRequest, { survey }: Market) {
  return {
    provider: offer.provider,
    model: offer.model,
    operation: offer.operation,
    native_model: offer.nativeModel,
    seconds: variant.seconds ?? null,
    resolution: variant.resolution ?? null,
    size: expectedSize(request, variant) ?? null,
    official: offer.isOfficial,
    price: toUsd(variant.priceMicroUsd),
    assumed: variant.isPriceAssumed,
    typical_seconds: Math.round(survey.prospectOf(offer).typicalSeconds),
  };
}

/**
 * Offers of another model than was asked for say nothing, unless there are no others. Of a provider that has nothing
 * else, one says so: each provider is told about.
 */
function alternatives({ offers, excluded }: Quote): readonly ExcludedOffer[] {
  const ofModel = excluded.filter(({ violations }) => violations.every(({ param }) => param !== 'model'));
  if (offers.length === 0 && ofModel.length === 0) return excluded;
  const told = new Set([...offers, ...ofModel].map(({ offer }) => offer.provider));
  const others = excluded.filter(({ offer }) => !told.has(offer.provider));
  const first = others.filter(
    ({ offer }, index) => others.findIndex((other) => other.offer.provider === offer.provider) === index,
  );
  return [...ofModel, ...first];
}

function toExcluded({ offer, violations }: ExcludedOffer) {
  return {
    provider: offer.provider,
    model: offer.model,
    operation: offer.operation,
    native_model: offer.nativeModel,
    code: violations[0].code,
    reason: violations.map(({ message }) => message).join('; '),
  };
}
