import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SSMClient } from '@aws-sdk/client-ssm';
import { type Clock, systemClock } from '../clock.ts';
import {
  credentialsConfig,
  type Environment,
  environment,
  providersConfig,
  readConfig,
  tasksConfig,
} from '../config.ts';
import type { Provider, ProviderContext } from '../providers/provider.ts';
import { loadProviders } from '../providers/registry.ts';
import { upstreamHttp } from '../providers/upstream-http.ts';
import { type CredentialStore, createCredentialStore } from '../storage/credential-store.ts';
import { createDynamoDbClient } from '../storage/dynamodb-client.ts';
import { createTaskStore, type TaskStore } from '../storage/task-store.ts';

/** What every step that talks to a provider works with. */
export interface StepContext {
  readonly tasks: TaskStore;
  readonly credentials: CredentialStore;
  readonly providers: ReadonlyMap<string, Provider>;
  readonly clock: Clock;
  readonly http: ProviderContext['http'];
}

const stepConfig = { ...tasksConfig, ...credentialsConfig, ...providersConfig };

interface StepResources {
  readonly client: DynamoDBClient;
  readonly ssm: SSMClient;
  readonly clock: Clock;
  readonly variables: Environment;
  readonly config: ReturnType<typeof readConfig<typeof stepConfig>>;
}

export function createStepContextFor({ client, ssm, clock, variables, config }: StepResources): StepContext {
  return {
    tasks: createTaskStore({ client, tableName: config.TASKS_TABLE_NAME }),
    credentials: createCredentialStore({ client: ssm, clock, path: config.CREDENTIALS_PATH }),
    providers: loadProviders(variables, config.CONCH_PROVIDERS),
    clock,
    http: upstreamHttp,
  };
}

/** Read from the environment, once per cold start. */
export function createStepContext(): StepContext {
  return createStepContextFor({
    client: createDynamoDbClient(),
    ssm: new SSMClient(),
    clock: systemClock,
    variables: environment(),
    config: readConfig(stepConfig),
  });
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
