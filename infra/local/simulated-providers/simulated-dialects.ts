import { cloudsway } from './cloudsway.ts';
import type { Dialect } from './dialect.ts';
import { piapi } from './piapi.ts';

/** Every provider that can be simulated, by its name. */
export const simulatedDialects: ReadonlyMap<string, Dialect> = new Map(
  [piapi, cloudsway].map((dialect) => [dialect.name, dialect]),
);
