import { defineProvider } from '../provider.ts';
import {
  limitsSetting,
  originSetting,
  pricesSetting,
  typicalSecondsSetting,
  withSettings,
} from '../provider-settings.ts';
import { verifyCallback } from './callback.ts';
import { offers } from './offers.ts';
import { createUpstream } from './upstream.ts';

export const piapi = defineProvider({
  name: 'piapi',
  settings: {
    baseUrl: originSetting('https://api.piapi.ai'),
    typicalSeconds: typicalSecondsSetting,
    limits: limitsSetting({}),
    prices: pricesSetting(offers),
  },
  create: ({ baseUrl, ...settings }) => ({
    name: 'piapi',
    baseUrl,
    limits: settings.limits,
    offers: offers.map((offer) => withSettings(offer, settings)),
    ...createUpstream(baseUrl),
    verifyCallback,
  }),
});
