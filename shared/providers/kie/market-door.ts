import type { Environment } from '../../config.ts';
import type { Door } from '../door.ts';
import { hexId } from '../id-forms.ts';
import { createMarketDoor } from '../market/door.ts';
import { marketModels } from '../market/wire.ts';
import { parseSettings } from '../provider.ts';
import { usdPerCredit } from './index.ts';

/** What KIE's public pages document: the market dialect, whose paths another provider has too. */
export function createDoor(variables: Environment): Door {
  const settings = parseSettings('kie', { usdPerCredit }, variables);
  return createMarketDoor({
    provider: 'kie',
    dialect: 'kie-market',
    ids: hexId,
    nativeModels: marketModels,
    microUsdPerCredit: settings.usdPerCredit,
  });
}
