import { verifyMarketCallback } from '../market/callback.ts';
import { defineProvider } from '../provider.ts';
import {
  limitsSetting,
  originSetting,
  pricesSetting,
  typicalSecondsSetting,
  usdPerCreditSetting,
  withSettings,
} from '../provider-settings.ts';
import { toOffers } from './offers.ts';
import { createUpstream } from './upstream.ts';

export const usdPerCredit = usdPerCreditSetting('0.005');

export const apikley = defineProvider({
  name: 'apikley',
  settings: {
    baseUrl: originSetting('https://api.apikley.ru'),
    usdPerCredit,
    typicalSeconds: typicalSecondsSetting,
    limits: limitsSetting({}),
    prices: pricesSetting(toOffers(1)),
  },
  create: ({ baseUrl, usdPerCredit: microUsdPerCredit, ...settings }) => ({
    name: 'apikley',
    baseUrl,
    limits: settings.limits,
    offers: toOffers(microUsdPerCredit).map((offer) => withSettings(offer, settings)),
    ...createUpstream({ baseUrl, microUsdPerCredit }),
    verifyCallback: verifyMarketCallback,
  }),
});
