import * as z from 'zod';
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
import { strategies } from './wire.ts';

export const apixo = defineProvider({
  name: 'apixo',
  settings: {
    baseUrl: originSetting('https://api.apixo.ai'),
    strategy: z.enum(strategies).optional(),
    typicalSeconds: typicalSecondsSetting,
    limits: limitsSetting({}),
    prices: pricesSetting(offers),
  },
  create: ({ baseUrl, strategy, ...settings }) => ({
    name: 'apixo',
    baseUrl,
    limits: settings.limits,
    offers: offers.map((offer) => withSettings({ ...offer, isOfficial: strategy === 'official' }, settings)),
    ...createUpstream(baseUrl, strategy),
    verifyCallback,
  }),
});
