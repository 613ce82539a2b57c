import type { Clock } from '../clock.ts';
import type { Offer } from '../domain/offer.ts';
import type { PricedOffer, Quote, Violation } from '../domain/quote.ts';
import type { VideoRequest } from '../domain/video-request.ts';
import { InvalidRequestError } from '../errors.ts';
import { excludeStopped, type Survey, surveyProviders } from '../limits/survey.ts';
import { chooseOffer, rankOffers } from '../routing/policies.ts';
import type { QuotableRequest } from '../routing/quotable-request.ts';
import { quote } from '../routing/quote.ts';
import type { StandingStore } from '../storage/standing-store.ts';

export interface RoutingDependencies {
  readonly offers: readonly Offer[];
  readonly standings: StandingStore;
  readonly clock: Clock;
}

/** The catalogue as it can be bought from right now. */
export interface Market {
  readonly survey: Survey;
  /** The offers that fit, best first by the request's policy, and why the others do not. */
  quote(request: QuotableRequest): Quote;
  /** The best offer that fits, or everything that is wrong. */
  choose(request: QuotableRequest): ReturnType<typeof chooseOffer>;
}

/** Looks once at how the providers stand: an order is judged twice by it, before and after its images are fetched. */
export async function openMarket(dependencies: RoutingDependencies): Promise<Market> {
  const { offers, clock } = dependencies;
  const survey = await surveyProviders(offers, dependencies);
  const preferences = (request: QuotableRequest) => {
    return { request, prospectOf: survey.prospectOf, rotation: clock.now().getTime() };
  };
  const fitting = (request: QuotableRequest) => excludeStopped(quote(request, offers), survey);
  return {
    survey,
    quote(request) {
      const fits = fitting(request);
      return { ...fits, offers: rankOffers(fits.offers, preferences(request)) };
    },
    choose: (request) => chooseOffer(fitting(request), preferences(request)),
  };
}

export interface RoutedOrder {
  readonly request: VideoRequest;
  readonly priced: PricedOffer;
}

/** The order with what its offer fills in: from here on it says how long and how sharp it will be. */
export function routeOrder(
  request: VideoRequest,
  imageParams: QuotableRequest['imageParams'],
  market: Market,
): RoutedOrder {
  const choice = market.choose({ ...request, ...(imageParams && { imageParams }) });
  if (choice.kind === 'refused') throw new InvalidRequestError(choice.violations);
  const { seconds, resolution } = choice.priced.variant;
  return {
    request: {
      ...request,
      ...(seconds !== undefined && { seconds }),
      ...(resolution !== undefined && { resolution }),
    },
    priced: choice.priced,
  };
}

/** What is wrong with an order as far as it is known. */
export function violationsOf(request: QuotableRequest, market: Market): readonly Violation[] {
  const choice = market.choose(request);
  return choice.kind === 'chosen' ? [] : choice.violations;
}
