import { endpointPathSchema } from '../maas/endpoint-path.ts';
import { defineProvider } from '../provider.ts';
import {
  limitsSetting,
  originSetting,
  pricesSetting,
  typicalSecondsSetting,
  withSettings,
} from '../provider-settings.ts';
import { offers } from './offers.ts';
import { createUpstream } from './upstream.ts';

export const haiper = defineProvider({
  name: 'haiper',
  settings: {
    baseUrl: originSetting('https://genaiapi.cloudsway.net'),
    /** Without the setting the API is sought under its own name, as in the document's heading. */
    endpointPath: endpointPathSchema.default('MaaS_Haiper_Video'),
    typicalSeconds: typicalSecondsSetting,
    limits: limitsSetting({}),
    prices: pricesSetting(offers),
  },
  create({ baseUrl: origin, endpointPath, ...settings }) {
    const baseUrl = `${origin}/v1/ai`;
    return {
      name: 'haiper',
      baseUrl,
      limits: settings.limits,
      offers: offers.map((offer) => withSettings(offer, settings)),
      ...createUpstream(baseUrl, endpointPath),
    };
  },
});
