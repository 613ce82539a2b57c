import type { Offer } from '../../domain/offer.ts';
import { toMarketOffers } from '../market/offers.ts';
import { nativeModels } from './wire.ts';

/** Apikley publishes no prices: a video is assumed to take as many credits as elsewhere on the market. */
export function toOffers(microUsdPerCredit: number): Offer[] {
  return toMarketOffers({ provider: 'apikley', nativeModels, microUsdPerCredit });
}
