import { apikley } from './apikley.ts';
import { apixo } from './apixo.ts';
import { cloudsway } from './cloudsway.ts';
import type { Dialect } from './dialect.ts';
import { haiper } from './haiper.ts';
import { kie } from './kie.ts';
import { minimax } from './minimax.ts';
import { piapi } from './piapi.ts';

/** Every provider that can be simulated, by its name. */
export const simulatedDialects: ReadonlyMap<string, Dialect> = new Map(
  [piapi, cloudsway, haiper, apixo, kie, apikley, minimax].map((dialect) => [dialect.name, dialect]),
);
