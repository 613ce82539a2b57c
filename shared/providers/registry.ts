import { cameraMovesConfig, type Environment, readConfig } from '../config.ts';
import { apikley } from './apikley/index.ts';
import { apixo } from './apixo/index.ts';
import { cloudsway } from './cloudsway/index.ts';
import { haiper } from './haiper/index.ts';
import { kie } from './kie/index.ts';
import { minimax } from './minimax/index.ts';
import { piapi } from './piapi/index.ts';
import type { Provider, ProviderDefinition } from './provider.ts';

/** Every provider there is. The order breaks ties between equal prices. */
export const providerDefinitions: readonly ProviderDefinition[] = [
  piapi,
  cloudsway,
  haiper,
  apixo,
  kie,
  apikley,
  minimax,
];

/**
 * The enabled providers by name; no names means all. Throws an error that names an unknown provider or a
 * wrong setting.
 */
export function loadProviders(
  variables: Environment,
  enabledNames: readonly string[],
): ReadonlyMap<string, Provider> {
  const knownNames = providerDefinitions.map(({ name }) => name);
  const unknownName = enabledNames.find((name) => !knownNames.includes(name));
  if (unknownName !== undefined) {
    throw new Error(`There is no provider "${unknownName}"; the known ones are ${knownNames.join(', ')}`);
  }
  const enabled = providerDefinitions.filter(
    ({ name }) => enabledNames.length === 0 || enabledNames.includes(name),
  );
  const { CONCH_CAMERA_MOVES } = readConfig(cameraMovesConfig, variables);
  const load = (definition: ProviderDefinition) => {
    const provider = definition.load(variables);
    return CONCH_CAMERA_MOVES === 'translate' ? provider : withOwnVocabulary(provider);
  };
  return new Map(enabled.map((definition) => [definition.name, load(definition)]));
}

/** Behind every documented vocabulary taken for ours, prompts go out as they came in. */
function withOwnVocabulary(provider: Provider): Provider {
  const offers = provider.offers.map((offer) =>
    offer.camera === undefined ? offer : { ...offer, camera: 'rotating' as const },
  );
  return { ...provider, offers };
}
