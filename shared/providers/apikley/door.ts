import type { Environment } from '../../config.ts';
import type { Door } from '../door.ts';
import { hailuoTaskNumberId } from '../id-forms.ts';
import { createMarketDoor } from '../market/door.ts';
import { parseSettings } from '../provider.ts';
import { usdPerCredit } from './index.ts';
import { nativeModels } from './wire.ts';

/** Apikley: the market dialect, as it is, with the ids of its document. */
export function createDoor(variables: Environment): Door {
  const settings = parseSettings('apikley', { usdPerCredit }, variables);
  return createMarketDoor({
    provider: 'apikley',
    ids: hailuoTaskNumberId,
    nativeModels,
    microUsdPerCredit: settings.usdPerCredit,
  });
}
