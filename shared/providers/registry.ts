import type { Environment } from '../config.ts';
import { cloudsway } from './cloudsway/index.ts';
import { piapi } from './piapi/index.ts';
import type { Provider, ProviderDefinition } from './provider.ts';

/** Every provider there is. The order breaks ties between equal prices. */
export const providerDefinitions: readonly ProviderDefinition[] = [piapi, cloudsway];

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
  return new Map(enabled.map((definition) => [definition.name, definition.load(variables)]));
}
