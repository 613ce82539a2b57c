import * as z from 'zod';
import { defineProvider } from '../provider.ts';
import {
  givenLimitsSetting,
  originSetting,
  pricesSetting,
  typicalSecondsSetting,
  usdPerCreditSetting,
  withSettings,
} from '../provider-settings.ts';
import { createDialectUpstream, dialectNames, dialects } from './dialects.ts';

export const usdPerCredit = usdPerCreditSetting('0.005');

export const kie = defineProvider({
  name: 'kie',
  settings: {
    baseUrl: originSetting('https://api.kie.ai'),
    dialect: z.enum(dialectNames).default('hailuo'),
    usdPerCredit,
    typicalSeconds: typicalSecondsSetting,
    limits: givenLimitsSetting,
    prices: pricesSetting(dialectNames.flatMap((name) => dialects[name].toOffers(1))),
  },
  create({ baseUrl, dialect, usdPerCredit: microUsdPerCredit, limits, ...settings }) {
    const { toOffers, verifyCallback, ...chosen } = dialects[dialect];
    return {
      name: 'kie',
      baseUrl,
      limits: limits ?? chosen.limits,
      offers: toOffers(microUsdPerCredit).map((offer) => withSettings(offer, settings)),
      ...createDialectUpstream({ label: 'KIE', baseUrl, microUsdPerCredit }, dialect),
      verifyCallback,
    };
  },
});
