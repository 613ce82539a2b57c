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

export const minimax = defineProvider({
  name: 'minimax',
  settings: {
    baseUrl: originSetting('https://api.minimax.io'),
    typicalSeconds: typicalSecondsSetting,
    limits: limitsSetting({ perMinute: 20 }),
    prices: pricesSetting(offers),
  },
  create: ({ baseUrl, ...settings }) => ({
    name: 'minimax',
    baseUrl,
    limits: settings.limits,
    offers: offers.map((offer) => withSettings(offer, settings)),
    ...createUpstream(baseUrl),
    verifyCallback,
  }),
});
