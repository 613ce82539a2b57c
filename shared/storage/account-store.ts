import {
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import { newSecret, newShortId, sha256 } from '../ids.ts';
import { isConditionFailure } from './task-items.ts';
import { toUpdateParts } from './update-expression.ts';

const keySchema = z.object({
  keyId: z.string(),
  account: z.string(),
  /** SHA-256 of the key; the key itself is stored nowhere. */
  hash: z.string(),
  createdAt: z.string(),
  revokedAt: z.string().optional(),
});
type ApiKey = z.infer<typeof keySchema>;

/** Account names are part of S3 keys and of the console's URLs. */
export const accountNamePattern = /^[a-z0-9][a-z0-9-]{0,62}$/;
const keyPrefix = 'conch_';

export interface AccountStore {
  hasAccount(name: string): Promise<boolean>;
  createAccount(name: string, now: Date): Promise<void>;
  /** Creates a key for an account and returns its text, which cannot be read again. */
  createKey(account: string, now: Date): Promise<{ readonly text: string; readonly keyId: string }>;
  /** Makes a known text a key of an account; doing it again changes nothing. */
  importKey(account: string, text: string, now: Date): Promise<void>;
  /** The live key behind a text; absent when there is none or it is revoked. */
  findKey(text: string): Promise<ApiKey | undefined>;
  listKeys(account: string): Promise<readonly ApiKey[]>;
  /** False when the account has no such key. */
  revokeKey(account: string, keyId: string, now: Date): Promise<boolean>;
}

interface AccountStoreOptions {
  readonly client: DynamoDBClient;
  readonly tableName: string;
}

function accountPartition(account: string): string {
  return `ACCOUNT#${account}`;
}

/** The month's counters of an account: `committedMicroUsd` and `spentMicroUsd`. */
export function monthKey(account: string, month: string) {
  return marshall({ pk: accountPartition(account), sk: `MONTH#${month}` });
}

export function createAccountStore({ client, tableName }: AccountStoreOptions): AccountStore {
  const table = { TableName: tableName };
  const lookUpKey = (hash: string) => marshall({ pk: `KEY#${hash}`, sk: 'KEY' });
  const listKey = (account: string, keyId: string) =>
    marshall({ pk: accountPartition(account), sk: `KEY#${keyId}` });

  async function putKey(key: ApiKey): Promise<void> {
    const attributes = marshall(key, { removeUndefinedValues: true });
    await client.send(
      new TransactWriteItemsCommand({
        TransactItems: [lookUpKey(key.hash), listKey(key.account, key.keyId)].map((position) => ({
          Put: { ...table, Item: { ...position, ...attributes } },
        })),
      }),
    );
  }

  async function getLookUp(hash: string): Promise<ApiKey | undefined> {
    const { Item } = await client.send(
      new GetItemCommand({ ...table, Key: lookUpKey(hash), ConsistentRead: true }),
    );
    return Item === undefined ? undefined : keySchema.parse(unmarshall(Item));
  }

  async function listKeys(account: string): Promise<ApiKey[]> {
    const { Items = [] } = await client.send(
      new QueryCommand({
        ...table,
        KeyConditionExpression: 'pk = :account AND begins_with(sk, :key)',
        ExpressionAttributeValues: marshall({ ':account': accountPartition(account), ':key': 'KEY#' }),
        ConsistentRead: true,
      }),
    );
    return Items.map((item) => keySchema.parse(unmarshall(item)));
  }

  return {
    listKeys,

    async hasAccount(name) {
      const Key = marshall({ pk: accountPartition(name), sk: 'ACCOUNT' });
      return (await client.send(new GetItemCommand({ ...table, Key }))).Item !== undefined;
    },

    async createAccount(name, now) {
      const item = { pk: accountPartition(name), sk: 'ACCOUNT', createdAt: now.toISOString() };
      try {
        await client.send(
          new PutItemCommand({
            ...table,
            Item: marshall(item),
            ConditionExpression: 'attribute_not_exists(pk)',
          }),
        );
      } catch (error) {
        if (!isConditionFailure(error)) throw error;
      }
    },

    async createKey(account, now) {
      const text = keyPrefix + newSecret();
      const keyId = `key_${newShortId()}`;
      await putKey({ keyId, account, hash: sha256(text), createdAt: now.toISOString() });
      return { text, keyId };
    },

    async importKey(account, text, now) {
      const hash = sha256(text);
      if ((await getLookUp(hash)) !== undefined) return;
      await putKey({ keyId: `key_${hash.slice(0, 12)}`, account, hash, createdAt: now.toISOString() });
    },

    async findKey(text) {
      const key = await getLookUp(sha256(text));
      return key?.revokedAt === undefined ? key : undefined;
    },

    async revokeKey(account, keyId, now) {
      const key = (await listKeys(account)).find((candidate) => candidate.keyId === keyId);
      if (key === undefined) return false;
      const parts = toUpdateParts(
        { set: { revokedAt: now.toISOString() } },
        { text: 'attribute_exists({pk})' },
      );
      for (const Key of [lookUpKey(key.hash), listKey(account, keyId)]) {
        await client.send(new UpdateItemCommand({ ...table, Key, ...parts }));
      }
      return true;
    },
  };
}
