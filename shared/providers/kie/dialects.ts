import type { Offer, ProviderLimits } from '../../domain/offer.ts';
import { verifyMarketCallback } from '../market/callback.ts';
import type { MarketAccount } from '../market/credits.ts';
import { toMarketOffers } from '../market/offers.ts';
import { createMarketUpstream } from '../market/upstream.ts';
import { marketModels } from '../market/wire.ts';
import type { Provider } from '../provider.ts';
import { verifyCallback } from './callback.ts';
import { toOffers } from './offers.ts';
import { createUpstream } from './upstream.ts';

/** The values of `KIE_DIALECT`. */
export const dialectNames = ['hailuo', 'market'] as const;
type DialectName = (typeof dialectNames)[number];

interface KieDialect extends Required<Pick<Provider, 'verifyCallback'>> {
  readonly limits: ProviderLimits;
  toOffers(microUsdPerCredit: number): Offer[];
}

export const dialects: Readonly<Record<DialectName, KieDialect>> = {
  hailuo: {
    /** Of the document; its second, and a little more: requests do not travel equally fast. */
    limits: { concurrent: 10, perHour: 60, spacingMs: 1050 },
    toOffers,
    verifyCallback,
  },
  market: {
    /** Public pages allow 20 starts in any 10 s, which is said here as 120 a minute; more is answered with 429. */
    limits: { concurrent: 100, perMinute: 120 },
    toOffers: (microUsdPerCredit) =>
      toMarketOffers({ provider: 'kie', nativeModels: marketModels, microUsdPerCredit }),
    verifyCallback: verifyMarketCallback,
  },
};

/** Orders in the chosen dialect. A job's route is its dialect, so that it is found when the setting has changed. */
export function createDialectUpstream(
  account: MarketAccount,
  chosen: DialectName,
): Pick<Provider, 'submit' | 'check'> & Required<Pick<Provider, 'balance'>> {
  const upstreams = { hailuo: createUpstream(account), market: createMarketUpstream(account) };
  return {
    async submit(request, context, callback) {
      const outcome = await upstreams[chosen].submit(request, context, callback);
      if (outcome.kind !== 'accepted') return outcome;
      return { ...outcome, job: { ...outcome.job, route: chosen } };
    },
    check(job, context) {
      const bought = dialectNames.find((name) => name === job.route) ?? chosen;
      return upstreams[bought].check(job, context);
    },
    balance: upstreams[chosen].balance,
  };
}
