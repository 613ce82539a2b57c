import { randomInt } from 'node:crypto';
import { nativeModels } from '../../../shared/providers/apikley/wire.ts';
import type { Dialect } from './dialect.ts';
import { createMarketDialect } from './market.ts';

/** Apikley: the market dialect. Its page declares HTTP 200 and 500 only, so a refusal is a code in a 200. */
export const apikley: Dialect = {
  ...createMarketDialect({
    name: 'apikley',
    nativeModels,
    newJobId: () => `task_hailuo_${randomInt(1e13, 2e14)}`,
  }),
  errorStatus: (status) => (status < 500 ? 200 : status),
};
