import * as z from 'zod';
import { endpointPathSchema } from '../maas/endpoint-path.ts';
import { defineProvider } from '../provider.ts';
import {
  jsonSetting,
  limitsSetting,
  originSetting,
  pricesSetting,
  typicalSecondsSetting,
  withSettings,
} from '../provider-settings.ts';
import { nativeModelOf, toOffer } from './offers.ts';
import { createUpstream } from './upstream.ts';
import { endpointKeys } from './wire.ts';

/** The document says `/v1/ai` in words and in every call, and `/v2/ai` in one example. */
const basePathSchema = z.string().regex(/^(\/[\w~-]+)+$/, 'A base path is one such as "/v1/ai"');

/** `CLOUDSWAY_ENDPOINT_PATHS`: JSON, key → purchased path. */
export const endpointPathsSetting = jsonSetting(
  z.partialRecord(z.enum(endpointKeys), endpointPathSchema),
).optional();

/** Without the setting each model is sought under its own name, as in the document's headings. */
const defaultEndpointPaths = Object.fromEntries(endpointKeys.map((key) => [key, nativeModelOf(key)]));

export const cloudsway = defineProvider({
  name: 'cloudsway',
  settings: {
    baseUrl: originSetting('https://genaiapi.cloudsway.net'),
    basePath: basePathSchema.default('/v1/ai'),
    endpointPaths: endpointPathsSetting,
    typicalSeconds: typicalSecondsSetting,
    limits: limitsSetting({}),
    prices: pricesSetting(endpointKeys.map(toOffer)),
  },
  create({ baseUrl: origin, basePath, endpointPaths = defaultEndpointPaths, ...settings }) {
    const baseUrl = `${origin}${basePath}`;
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
