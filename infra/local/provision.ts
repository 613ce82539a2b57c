import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SSMClient } from '@aws-sdk/client-ssm';
import type { Clock } from '../../shared/clock.ts';
import { createAccountStore } from '../../shared/storage/account-store.ts';
import { createCredentialStore } from '../../shared/storage/credential-store.ts';
import { createTables } from './create-tables.ts';
import { localCredentials } from './function-overrides.ts';
import type { LocalSettings } from './settings.ts';
import { type LocalServers, simulatedApiKey } from './start-servers.ts';
import type { LocalStack } from './template/read-stack.ts';
import { localRegion } from './template/resource-identities.ts';

/** The account that a request with the local key belongs to. */
export const localAccountName = 'local';

interface ProvisionOptions {
  readonly settings: LocalSettings;
  readonly stack: LocalStack;
  readonly servers: LocalServers;
  /** The key of the last gateway on this directory. */
  readonly rememberedKey: string | undefined;
  readonly clock: Clock;
}

/** Fills the empty servers with what an operator makes on AWS. Returns the API key of the account `local`. */
export async function provision(options: ProvisionOptions): Promise<string> {
  const { stack, servers } = options;
  const client = new DynamoDBClient({ ...clientSettings, endpoint: servers.dynamodb.url });
  try {
    await createTables(client, stack.tables);
    await seedCredentials(options);
    return await ensureKey(client, options);
  } finally {
    client.destroy();
  }
}

// A copy: the SDK writes into the credentials that it is given.
const clientSettings = { region: localRegion, credentials: { ...localCredentials } };

async function seedCredentials({ settings, stack, servers, clock }: ProvisionOptions): Promise<void> {
  const client = new SSMClient({ ...clientSettings, endpoint: servers.awsJson.url });
  const path = requireOutput(stack, 'CredentialsPath');
  const credentials = createCredentialStore({ client, clock, path });
  for (const { name, apiKey } of settings.providers)
    await credentials.putApiKey(name, apiKey ?? simulatedApiKey);
  client.destroy();
}

async function ensureKey(client: DynamoDBClient, options: ProvisionOptions): Promise<string> {
  const { settings, stack, rememberedKey, clock } = options;
  const accounts = createAccountStore({ client, tableName: requireOutput(stack, 'AccountsTable') });
  await accounts.createAccount(localAccountName, clock.now());
  const known = settings.apiKey ?? rememberedKey;
  if (known === undefined) return (await accounts.createKey(localAccountName, clock.now())).text;
  await accounts.importKey(localAccountName, known, clock.now());
  return known;
}

export function requireOutput({ outputs }: LocalStack, name: string): string {
  const value = outputs[name];
  if (value === undefined) throw new Error(`The template has no output ${name}`);
  return value;
}
