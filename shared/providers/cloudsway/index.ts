import * as z from 'zod';
import { defineProvider } from '../provider.ts';
import {
  jsonSetting,
  limitsSetting,
  originSetting,
  pricesSetting,
  typicalSecondsSetting,
  withSettings,
} from '../provider-settings.ts';
import { endpointKeys, nativeModelOf, toOffer } from './offers.ts';
import { createUpstream } from './upstream.ts';

const endpointPathSchema = z.string().regex(/^[\w~-]+(\/[\w~-]+)*$/, 'An endpoint path is a path segment');

/** Without the setting each model is sought under its own name, as in the document's headings. */
const defaultEndpointPaths = Object.fromEntries(endpointKeys.map((key) => [key, nativeModelOf(key)]));

export const cloudsway = defineProvider({
  name: 'cloudsway',
  settings: {
    baseUrl: originSetting('https://genaiapi.cloudsway.net'),
    endpointPaths: jsonSetting(z.partialRecord(z.enum(endpointKeys), endpointPathSchema)).optional(),
    typicalSeconds: typicalSecondsSetting,
    limits: limitsSetting({}),
    prices: pricesSetting(endpointKeys.map(nativeModelOf)),
  },
  create({ baseUrl: origin, endpointPaths = defaultEndpointPaths, ...settings }) {
    const baseUrl = `${origin}/v1/ai`;
    const bought = endpointKeys.flatMap((key) => {
      const path = endpointPaths[key];
      return path === undefined ? [] : [{ key, path }];
    });
    const paths = new Map<string, string>(bought.map(({ key, path }) => [nativeModelOf(key), path]));
    return {
      name: 'cloudsway',
      baseUrl,
      limits: settings.limits,
      offers: bought.map(({ key }) => withSettings(toOffer(key), settings)),
      ...createUpstream(baseUrl, paths),
    };
  },
});
