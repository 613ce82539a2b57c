import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SSMClient } from '@aws-sdk/client-ssm';
import { type Clock, type Pause, systemClock, systemPause } from '../clock.ts';
import {
  credentialsConfig,
  type Environment,
  environment,
  providersConfig,
  readConfig,
  tasksConfig,
} from '../config.ts';
import { createLimits } from '../limits/create-limits.ts';
import type { LimitsContext } from '../limits/limits-context.ts';
import type { Provider, ProviderContext } from '../providers/provider.ts';
import { loadProviders } from '../providers/registry.ts';
import { upstreamHttp } from '../providers/upstream-http.ts';
import { type CredentialStore, createCredentialStore } from '../storage/credential-store.ts';
import { createDynamoDbClient } from '../storage/dynamodb-client.ts';
import { withRecentStandings } from '../storage/recent-standings.ts';

/** What every step that talks to a provider works with. */
export interface StepContext extends LimitsContext {
  readonly credentials: CredentialStore;
  readonly providers: ReadonlyMap<string, Provider>;
  readonly pause: Pause;
  readonly http: ProviderContext['http'];
}

const stepConfig = { ...tasksConfig, ...credentialsConfig, ...providersConfig };

interface StepResources {
  readonly client: DynamoDBClient;
  readonly ssm: SSMClient;
  readonly executions: SFNClient;
  readonly clock: Clock;
  readonly pause: Pause;
  readonly variables: Environment;
  readonly config: ReturnType<typeof readConfig<typeof stepConfig>>;
}

export function createStepContextFor(resources: StepResources): StepContext {
  const { client, ssm, executions, clock, pause, variables, config } = resources;
  return {
    ...createLimits({ client, tasksTableName: config.TASKS_TABLE_NAME, executions, clock }),
    pause,
    credentials: createCredentialStore({ client: ssm, clock, path: config.CREDENTIALS_PATH }),
    providers: loadProviders(variables, config.CONCH_PROVIDERS),
    http: upstreamHttp,
  };
}

/** Read from the environment, once per cold start. */
export function createStepContext(): StepContext {
  const context = createStepContextFor({
    client: createDynamoDbClient(),
    ssm: new SSMClient(),
    executions: new SFNClient(),
    clock: systemClock,
    pause: systemPause,
    variables: environment(),
    config: readConfig(stepConfig),
  });
  return { ...context, standings: withRecentStandings(context.standings, systemClock) };
}

/** A provider and all that reaches its adapter. */
export interface ProviderAccess {
  readonly provider: Provider;
  readonly context: ProviderContext;
}

/** Absent when the provider is not enabled or nobody stored a key for it. */
export async function accessProvider(
  { providers, credentials, clock, http }: StepContext,
  name: string,
  timeoutMs: number,
): Promise<ProviderAccess | undefined> {
  const provider = providers.get(name);
  const apiKey = provider && (await credentials.getApiKey(name));
  if (provider === undefined || apiKey === undefined) return undefined;
  return { provider, context: { apiKey, http, clock, signal: AbortSignal.timeout(timeoutMs) } };
}
