import * as z from 'zod';
import {
  cameraMovesConfig,
  type Environment,
  environment,
  providersConfig,
  publicUrlConfig,
  readConfig,
  trustedOriginsConfig,
} from '../shared/config.ts';
import { loadProviders, providerDefinitions } from '../shared/providers/registry.ts';

const settingsShape = {
  CONCH_STACK: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9-]{0,99}$/, 'must be a stack name: a letter, then letters, digits and hyphens')
    .default('Conch'),
  CONCH_PUBLIC_URL: publicUrlConfig.CONCH_PUBLIC_URL.optional(),
  ...trustedOriginsConfig,
  ...providersConfig,
  ...cameraMovesConfig,
};

/** Settings of the command line and of the local gateway; a shell that has them may deploy too. */
const otherSettings = ['CONCH_URL', 'CONCH_API_KEY', 'CONCH_DATA_DIR', 'CONCH_SIMULATED_SECONDS'];

const knownSettings: ReadonlySet<string> = new Set([...Object.keys(settingsShape), ...otherSettings]);

/** Environment variables for functions, exactly as the deployer gave them; what was not given is absent. */
export type GivenVariables = Readonly<Record<string, string>>;

/** All that a deployment can choose. */
export interface DeploymentSettings {
  readonly stackName: string;
  /** Base of callback URLs and keyless links; absent means the endpoint of the HTTP API itself. */
  readonly publicUrl?: string;
  readonly trustedOrigins: GivenVariables;
  /** The enabled providers, how camera moves reach them, and each provider's own settings. */
  readonly providers: GivenVariables;
}

/** Throws one error that names each variable at fault, so that a typo fails the deployment. */
export function readSettings(variables: Environment = environment()): DeploymentSettings {
  requireKnownSettings(variables);
  const settings = readConfig(settingsShape, variables);
  loadProviders(variables, []);
  loadProviders(variables, settings.CONCH_PROVIDERS);
  const providerSettings = providerDefinitions.flatMap(({ settingNames }) => settingNames);
  return {
    stackName: settings.CONCH_STACK,
    ...(settings.CONCH_PUBLIC_URL === undefined ? {} : { publicUrl: settings.CONCH_PUBLIC_URL }),
    trustedOrigins: given(variables, Object.keys(trustedOriginsConfig)),
    providers: given(variables, [
      ...Object.keys(providersConfig),
      ...Object.keys(cameraMovesConfig),
      ...providerSettings,
    ]),
  };
}

function requireKnownSettings(variables: Environment): void {
  const unknown = Object.keys(variables).filter(
    (name) => name.startsWith('CONCH_') && !knownSettings.has(name),
  );
  if (unknown.length === 0) return;
  throw new Error(`Unknown settings: ${unknown.join(', ')}. Known are ${[...knownSettings].join(', ')}`);
}

function given(variables: Environment, names: readonly string[]): GivenVariables {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = variables[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
