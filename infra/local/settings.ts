import { resolve } from 'node:path';
import * as z from 'zod';
import {
  cameraMovesConfig,
  dataDirectoryConfig,
  type Environment,
  environment,
  providersConfig,
  publicUrlConfig,
  readConfig,
  trustedOriginsConfig,
} from '../../shared/config.ts';
import { loadProviders, providerDefinitions } from '../../shared/providers/registry.ts';

/** What the local gateway is told by its environment. */
export interface LocalSettings {
  /** Of the HTTP API; 0 takes any free port. */
  readonly port: number;
  readonly dataDirectory: string;
  /** The cloud assembly that is run; absent means one of the sources as they are. */
  readonly assemblyDirectory?: string;
  /** The key of the account `local`; absent means that one is made and kept. */
  readonly apiKey?: string;
  /** How long a job of a simulated provider takes. */
  readonly simulatedSeconds: number;
  readonly providers: readonly ProviderChoice[];
  /** Settings that reach the functions as they were given. */
  readonly functionVariables: Readonly<Record<string, string>>;
  readonly trustedOrigins: readonly string[];
}

/** An enabled provider. It is simulated unless a key or a base URL says where the real one is. */
interface ProviderChoice {
  readonly name: string;
  readonly isSimulated: boolean;
  readonly apiKey?: string;
}

const shape = {
  PORT: z
    .string()
    .regex(/^\d+$/, 'must be a port number')
    .transform(Number)
    .pipe(z.number().max(65_535))
    .default(3000),
  CONCH_API_KEY: z.string().min(8, 'must be at least 8 characters long').optional(),
  CONCH_SIMULATED_SECONDS: z
    .string()
    .regex(/^\d+(\.\d+)?$/, 'must be a number of seconds')
    .transform(Number)
    .pipe(z.number().positive().max(86_400))
    .default(6),
  CONCH_PUBLIC_URL: publicUrlConfig.CONCH_PUBLIC_URL.optional(),
  ...dataDirectoryConfig,
  ...trustedOriginsConfig,
  ...providersConfig,
  ...cameraMovesConfig,
};

const keysShape: Readonly<Record<string, z.ZodOptional<z.ZodString>>> = Object.fromEntries(
  providerDefinitions.map(({ name }) => [
    providerVariable(name, 'API_KEY'),
    z.string().min(1, 'must not be empty').optional(),
  ]),
);

/** Throws one error that names each variable at fault. */
export function readLocalSettings(variables: Environment = environment()): LocalSettings {
  const settings = readConfig(shape, variables);
  readConfig(keysShape, variables);
  const enabled = [...loadProviders(variables, settings.CONCH_PROVIDERS).keys()];
  const passedOn = [
    'CONCH_PUBLIC_URL',
    'CONCH_PROVIDERS',
    'CONCH_CAMERA_MOVES',
    ...providerDefinitions.flatMap(({ settingNames }) => settingNames),
  ];
  return {
    port: settings.PORT,
    dataDirectory: resolve(settings.CONCH_DATA_DIR),
    ...(settings.CONCH_API_KEY === undefined ? {} : { apiKey: settings.CONCH_API_KEY }),
    simulatedSeconds: settings.CONCH_SIMULATED_SECONDS,
    providers: enabled.map((name) => toChoice(name, variables)),
    functionVariables: Object.fromEntries(
      passedOn.flatMap((name) => (variables[name] === undefined ? [] : [[name, variables[name]]])),
    ),
    trustedOrigins: settings.CONCH_TRUSTED_ORIGINS,
  };
}

/** The variable of a provider's setting, `<NAME>_BASE_URL` for example. */
export function providerVariable(provider: string, setting: string): string {
  return `${provider.toUpperCase()}_${setting}`;
}

function toChoice(name: string, variables: Environment): ProviderChoice {
  const apiKey = variables[providerVariable(name, 'API_KEY')];
  const baseUrl = variables[providerVariable(name, 'BASE_URL')];
  return {
    name,
    isSimulated: apiKey === undefined && baseUrl === undefined,
    ...(apiKey === undefined ? {} : { apiKey }),
  };
}
