import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SSMClient } from '@aws-sdk/client-ssm';
import { type Clock, systemClock } from '../clock.ts';
import { credentialsConfig, environment, providersConfig, readConfig, tasksConfig } from '../config.ts';
import type { Provider, ProviderContext } from '../providers/provider.ts';
import { loadProviders } from '../providers/registry.ts';
import { upstreamHttp } from '../providers/upstream-http.ts';
import { type CredentialStore, createCredentialStore } from '../storage/credential-store.ts';
import { createTaskStore, type TaskStore } from '../storage/task-store.ts';

/** What every step that talks to a provider works with. */
export interface StepContext {
  readonly tasks: TaskStore;
  readonly credentials: CredentialStore;
  readonly providers: ReadonlyMap<string, Provider>;
  readonly clock: Clock;
  readonly http: ProviderContext['http'];
}

/** Read from the environment, once per cold start. */
export function createStepContext(): StepContext {
  const config = readConfig({ ...tasksConfig, ...credentialsConfig, ...providersConfig });
  return {
    tasks: createTaskStore({ client: new DynamoDBClient(), tableName: config.TASKS_TABLE_NAME }),
    credentials: createCredentialStore({
      client: new SSMClient(),
      clock: systemClock,
      path: config.CREDENTIALS_PATH,
    }),
    providers: loadProviders(environment(), config.CONCH_PROVIDERS),
    clock: systemClock,
    http: upstreamHttp,
  };
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
