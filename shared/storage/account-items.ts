import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import type { Budget } from '../domain/budget.ts';
import { retentionDays } from '../domain/retention.ts';
import type { Item } from './task-items.ts';

const microUsd = z.number().int().nonnegative();

export const accountSchema = z.object({
  createdAt: z.string(),
  /** Absent where there is none. */
  monthlyBudgetMicroUsd: microUsd.optional(),
  dailyBudgetMicroUsd: microUsd.optional(),
  /** Whole days that its videos stay; absent where it is the default. */
  retentionDays: z.number().int().min(retentionDays.least).max(retentionDays.most).optional(),
});
type AccountItem = z.infer<typeof accountSchema>;

export const keySchema = z.object({
  keyId: z.string(),
  account: z.string(),
  /** SHA-256 of the key; the key itself is stored nowhere. */
  hash: z.string(),
  createdAt: z.string(),
  revokedAt: z.string().optional(),
  /** Of what is ordered with this key; absent where there is none. */
  monthlyLimitMicroUsd: microUsd.optional(),
  dailyLimitMicroUsd: microUsd.optional(),
  /** Who serves what comes through a provider's API with this key, as `provider` says in ours. */
  providerChoice: z.string().optional(),
  /** The provider whose API it speaks, where several have the same path. */
  door: z.string().optional(),
  /** Absent where there is no limit; then its requests are not counted. */
  requestsPerMinute: z.number().int().positive().optional(),
});
export type ApiKey = z.infer<typeof keySchema>;

/** What a key may order, how often it may ask, and how it speaks to the providers' APIs. */
export type KeyTerms = Budget & Pick<ApiKey, 'providerChoice' | 'door' | 'requestsPerMinute'>;

export interface AccountTable {
  readonly client: DynamoDBClient;
  readonly tableName: string;
}

/** All that is known of an account shares its partition, by which the functions' permissions are kept narrow. */
export function accountPartition(account: string): string {
  return `ACCOUNT#${account}`;
}

export function accountKey(account: string): Item {
  return marshall({ pk: accountPartition(account), sk: 'ACCOUNT' });
}

/** A key in the list of its account. */
export function listedKey(account: string, keyId: string): Item {
  return marshall({ pk: accountPartition(account), sk: `KEY#${keyId}` });
}

export async function readItem({ client, tableName }: AccountTable, key: Item) {
  const { Item } = await client.send(
    new GetItemCommand({ TableName: tableName, Key: key, ConsistentRead: true }),
  );
  return Item === undefined ? undefined : unmarshall(Item);
}

export function accountBudgetOf({ monthlyBudgetMicroUsd, dailyBudgetMicroUsd }: AccountItem): Budget {
  return {
    ...(monthlyBudgetMicroUsd !== undefined && { monthlyMicroUsd: monthlyBudgetMicroUsd }),
    ...(dailyBudgetMicroUsd !== undefined && { dailyMicroUsd: dailyBudgetMicroUsd }),
  };
}

/** Whether what is ordered with a key is counted for it: only limits ask for that, and they never change. */
export function isCounted(key: ApiKey): boolean {
  return Object.keys(keyLimitOf(key)).length > 0;
}

export function keyLimitOf({
  monthlyLimitMicroUsd,
  dailyLimitMicroUsd,
}: Pick<ApiKey, 'monthlyLimitMicroUsd' | 'dailyLimitMicroUsd'>): Budget {
  return {
    ...(monthlyLimitMicroUsd !== undefined && { monthlyMicroUsd: monthlyLimitMicroUsd }),
    ...(dailyLimitMicroUsd !== undefined && { dailyMicroUsd: dailyLimitMicroUsd }),
  };
}
