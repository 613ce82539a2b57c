import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import type { LocalFile } from '../../../infra/local/local-file.ts';
import { newShortId } from '../../../shared/ids.ts';
import type { KeyTerms } from '../../../shared/storage/account-items.ts';
import { createAccountStore } from '../../../shared/storage/account-store.ts';
import { monthKey } from '../../../shared/storage/money-counters.ts';
import { createContractedApi, type PublicApi } from './public-api.ts';

/** The counters of an account's current month. */
const monthSchema = z.object({
  committedMicroUsd: z.int().default(0),
  spentMicroUsd: z.int().default(0),
});
export type Month = z.infer<typeof monthSchema>;

/** An account of its own, so that its money shows what became of its orders alone. */
export interface Customer extends PublicApi {
  readonly account: string;
  readMonth(): Promise<Month>;
}

type Tables = Pick<LocalFile, 'url' | 'region' | 'credentials' | 'endpoints' | 'tables'>;

export async function newCustomer(local: Tables, terms: KeyTerms = {}): Promise<Customer> {
  const account = `customer-${newShortId()
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '0')}`;
  const client = openTables(local);
  const accounts = createAccountStore({ client, tableName: local.tables.accounts });
  await accounts.createAccount(account, new Date());
  const { text: apiKey } = await accounts.createKey(account, new Date(), terms);
  client.destroy();
  return {
    ...createContractedApi({ url: local.url, apiKey }),
    account,
    readMonth: () => readMonth(local, account),
  };
}

/** Asks a fresh client each time: a gateway that was killed has broken the sockets of an old one. */
export async function readMonth(local: Tables, account: string): Promise<Month> {
  const client = openTables(local);
  const Key = monthKey(account, new Date().toISOString().slice(0, 7));
  const { Item } = await client.send(
    new GetItemCommand({ TableName: local.tables.accounts, Key, ConsistentRead: true }),
  );
  client.destroy();
  return monthSchema.parse(unmarshall(Item ?? {}));
}

function openTables({ region, credentials, endpoints }: Tables): DynamoDBClient {
  return new DynamoDBClient({ region, credentials: { ...credentials }, endpoint: endpoints.dynamodb });
}
