import type { Environment } from '../config.ts';
import { createDoor as createApikleyDoor } from './apikley/door.ts';
import { door as apixo } from './apixo/door.ts';
import { createDoor as createCloudswayDoor } from './cloudsway/door.ts';
import type { Door } from './door.ts';
import { createDoor as createHaiperDoor } from './haiper/door.ts';
import { door as kie } from './kie/door.ts';
import { createDoor as createKieMarketDoor } from './kie/market-door.ts';
import { door as piapi } from './piapi/door.ts';

/**
 * Every provider's API that we serve, with the operator's settings. Of those with the same path the first serves it,
 * unless a key says otherwise. Throws an error that names a wrong setting.
 */
export function loadDoors(variables: Environment): readonly Door[] {
  return [
    piapi,
    createCloudswayDoor(variables),
    createHaiperDoor(variables),
    apixo,
    createApikleyDoor(variables),
    kie,
    createKieMarketDoor(variables),
  ];
}
