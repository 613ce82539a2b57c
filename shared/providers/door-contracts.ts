import { contract as apikley } from './apikley/contract.ts';
import { contract as apixo } from './apixo/contract.ts';
import { contract as cloudsway } from './cloudsway/contract.ts';
import type { DoorContract } from './door-contract.ts';
import { contract as haiper } from './haiper/contract.ts';
import { contract as kie, marketContract as kieMarket } from './kie/contract.ts';
import { contract as piapi } from './piapi/contract.ts';

/** What each door takes and answers; each door of `loadDoors` has one, found by its dialect. */
export const doorContracts: readonly DoorContract[] = [
  piapi,
  cloudsway,
  haiper,
  apixo,
  kie,
  apikley,
  kieMarket,
];
