import { isLoopback } from '../../shared/loopback.ts';
import { type LocalSettings, providerVariable } from './settings.ts';

/** The keys of every embedded server. They open nothing outside this machine. */
export const localCredentials = { accessKeyId: 'local', secretAccessKey: 'local' } as const;

/** Where the parts of the gateway serve. */
export interface LocalUrls {
  readonly gateway: string;
  readonly s3: string;
  readonly dynamodb: string;
  /** Step Functions, the parameter store and EventBridge share a server. */
  readonly awsJson: string;
  /** Origins of the simulated providers by name. */
  readonly simulated: Readonly<Record<string, string>>;
}

/** The variables that turn the unmodified bundles towards the embedded servers. */
export function toFunctionOverrides(settings: LocalSettings, urls: LocalUrls): Record<string, string> {
  const { s3, dynamodb, awsJson, gateway } = urls;
  const trusted = new Set([...settings.trustedOrigins, ...Object.values(urls.simulated), s3]);
  return {
    AWS_ACCESS_KEY_ID: localCredentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: localCredentials.secretAccessKey,
    AWS_ENDPOINT_URL_S3: s3,
    AWS_ENDPOINT_URL_DYNAMODB: dynamodb,
    AWS_ENDPOINT_URL_SFN: awsJson,
    AWS_ENDPOINT_URL_SSM: awsJson,
    AWS_ENDPOINT_URL_EVENTBRIDGE: awsJson,
    CONCH_PUBLIC_URL: gateway,
    ...simulationVariables(settings, urls),
    ...settings.functionVariables,
    CONCH_TRUSTED_ORIGINS: [...trusted].join(','),
  };
}

/** A provider on this machine, ours or somebody's stub, is a simulation: its jobs take the simulated time. */
function simulationVariables(settings: LocalSettings, { simulated }: LocalUrls): Record<string, string> {
  const entries = settings.providers.flatMap(({ name }) => {
    const variable = providerVariable(name, 'BASE_URL');
    const baseUrl = simulated[name] ?? settings.functionVariables[variable];
    if (baseUrl === undefined || !isLoopback(baseUrl)) return [];
    return [
      [variable, baseUrl],
      [providerVariable(name, 'TYPICAL_SECONDS'), String(settings.simulatedSeconds)],
    ];
  });
  return Object.fromEntries(entries);
}
