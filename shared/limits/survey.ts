import type { Clock } from '../clock.ts';
import { type GenerationTimes, medianSeconds } from '../domain/generation-times.ts';
import { type Offer, offerKey } from '../domain/offer.ts';
import type { ExcludedOffer, Quote, Violation } from '../domain/quote.ts';
import { freshStanding } from '../domain/standing.ts';
import { healthOf } from '../routing/health.ts';
import type { Prospect } from '../routing/policies.ts';
import type { ProviderRecord, StandingStore } from '../storage/standing-store.ts';

/** How the providers stand while one order is routed. */
export interface Survey {
  prospectOf(offer: Offer): Prospect;
  /** Whether an operator stopped the provider. */
  isStopped(provider: string): boolean;
}

interface SurveyContext {
  readonly standings: StandingStore;
  readonly clock: Clock;
}

export async function surveyProviders(
  offers: readonly Offer[],
  { standings, clock }: SurveyContext,
): Promise<Survey> {
  const records = await standings.list([...new Set(offers.map(({ provider }) => provider))]);
  return toSurvey(records, clock.now());
}

function toSurvey(records: ReadonlyMap<string, ProviderRecord>, now: Date): Survey {
  const standingOf = (provider: string) => records.get(provider)?.standing ?? freshStanding;
  return {
    prospectOf: (offer) => ({
      isHealthy: healthOf(standingOf(offer.provider), now) !== 'open',
      typicalSeconds: learnedSeconds(offer, records.get(offer.provider)),
    }),
    isStopped: (provider) => standingOf(provider).stoppedAt !== undefined,
  };
}

/** How long an offer's jobs take as far as that was learned, or what its catalogue says as long as nothing was. */
export function learnedSeconds(offer: Offer, record: ProviderRecord | undefined): number {
  const times = learnedTimes(offer, record);
  return times === undefined ? offer.typicalSeconds : medianSeconds(times);
}

/** What was learned of an offer's jobs since its catalogue says what it says now. */
export function learnedTimes(offer: Offer, record: ProviderRecord | undefined): GenerationTimes | undefined {
  const times = record?.times.get(offerKey(offer));
  return times?.priorSeconds === offer.typicalSeconds ? times : undefined;
}

/** The quote without the offers of providers that an operator stopped; they say so. */
export function excludeStopped({ offers, excluded }: Quote, { isStopped }: Survey): Quote {
  const isOut = ({ offer }: { readonly offer: Offer }) => isStopped(offer.provider);
  const stopped = offers.filter(isOut).map(({ offer }): ExcludedOffer => {
    return { offer, violations: [stoppedBy(offer.provider)] };
  });
  return { offers: offers.filter((priced) => !isOut(priced)), excluded: [...stopped, ...excluded] };
}

function stoppedBy(provider: string): Violation {
  const message = `The provider ${provider} is paused by the operator; name another one, or none`;
  return { param: 'provider', code: 'provider_paused', message };
}
