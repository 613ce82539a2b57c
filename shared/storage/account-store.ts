import { isDeepStrictEqual } from 'node:util';
import {
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { Budget } from '../domain/budget.ts';
import { newSecret, newShortId, sha256 } from '../ids.ts';
import {
  type AccountTable,
  type ApiKey,
  accountBudgetOf,
  accountKey,
  accountPartition,
  accountSchema,
  type KeyTerms,
  keySchema,
  listedKey,
  readItem,
} from './account-items.ts';
import { type AccountChange, type AccountTerms, toAccountChanges, toTermsItem } from './account-terms.ts';
import { isConditionFailure } from './task-items.ts';
import { toUpdateParts } from './update-expression.ts';

/** Account names are part of S3 keys and of the console's URLs. */
export const accountNamePattern = /^[a-z0-9][a-z0-9-]{0,62}$/;
const keyPrefix = 'conch_';

interface Account {
  readonly createdAt: string;
  readonly budget: Budget;
  /** Absent where it is the default. */
  readonly retentionDays?: number;
}

export interface AccountStore {
  hasAccount(name: string): Promise<boolean>;
  getAccount(name: string): Promise<Account | undefined>;
  /** False when there is an account of that name, which then stays as it is. */
  createAccount(name: string, now: Date, terms?: AccountTerms): Promise<boolean>;
  /** Changes what the next order may cost, and how long the next video stays. False when there is no such account. */
  changeAccount(name: string, change: AccountChange): Promise<boolean>;
  /** Creates a key for an account and returns its text, which cannot be read again. */
  createKey(
    account: string,
    now: Date,
    terms?: KeyTerms,
  ): Promise<{ readonly text: string; readonly keyId: string }>;
  /** Makes a known text a key of an account; doing it again changes nothing. */
  importKey(account: string, text: string, now: Date): Promise<void>;
  /** The live key behind a text; absent when there is none or it is revoked. */
  findKey(text: string): Promise<ApiKey | undefined>;
  listKeys(account: string): Promise<readonly ApiKey[]>;
  /** False when the account has no such key. One that is revoked stays so since the first time. */
  revokeKey(account: string, keyId: string, now: Date): Promise<boolean>;
}

export function createAccountStore(accountTable: AccountTable): AccountStore {
  const { client, tableName } = accountTable;
  const table = { TableName: tableName };
  const lookUpKey = (hash: string) => marshall({ pk: `KEY#${hash}`, sk: 'KEY' });

  async function putKey(key: ApiKey): Promise<void> {
    const attributes = marshall(key, { removeUndefinedValues: true });
    await client.send(
      new TransactWriteItemsCommand({
        TransactItems: [lookUpKey(key.hash), listedKey(key.account, key.keyId)].map((position) => ({
          Put: { ...table, Item: { ...position, ...attributes } },
        })),
      }),
    );
  }

  async function getLookUp(hash: string): Promise<ApiKey | undefined> {
    const item = await readItem(accountTable, lookUpKey(hash));
    return item === undefined ? undefined : keySchema.parse(item);
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
    hasAccount: async (name) => (await readItem(accountTable, accountKey(name))) !== undefined,

    async getAccount(name) {
      const item = await readItem(accountTable, accountKey(name));
      if (item === undefined) return undefined;
      const account = accountSchema.parse(item);
      const { createdAt, retentionDays } = account;
      const budget = accountBudgetOf(account);
      return { createdAt, budget, ...(retentionDays !== undefined && { retentionDays }) };
    },

    async createAccount(name, now, terms = {}) {
      const item = {
        ...accountKey(name),
        ...marshall({ createdAt: now.toISOString() }),
        ...toTermsItem(terms),
      };
      try {
        await client.send(new PutItemCommand({ ...table, ...ifAbsent, Item: item }));
        return true;
      } catch (error) {
        if (!isConditionFailure(error)) throw error;
        // The SDK repeats a write whose answer was lost: what is in its way may be itself.
        return isDeepStrictEqual(error.Item, item);
      }
    },

    changeAccount(name, change) {
      const parts = toUpdateParts(toAccountChanges(change), { text: 'attribute_exists({pk})' });
      return holds(client.send(new UpdateItemCommand({ ...table, Key: accountKey(name), ...parts })));
    },

    async createKey(account, now, { monthlyMicroUsd, dailyMicroUsd, ...use } = {}) {
      const text = keyPrefix + newSecret();
      const keyId = `key_${newShortId()}`;
      const limits = { monthlyLimitMicroUsd: monthlyMicroUsd, dailyLimitMicroUsd: dailyMicroUsd };
      await putKey({ keyId, account, hash: sha256(text), createdAt: now.toISOString(), ...limits, ...use });
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
        { setOnce: { revokedAt: now.toISOString() } },
        { text: 'attribute_exists({pk})' },
      );
      // Together: a key must not be live in the list and nowhere else.
      await client.send(
        new TransactWriteItemsCommand({
          TransactItems: [lookUpKey(key.hash), listedKey(account, keyId)].map((Key) => ({
            Update: { ...table, Key, ...parts },
          })),
        }),
      );
      return true;
    },
  };
}

const ifAbsent = {
  ConditionExpression: 'attribute_not_exists(pk)',
  ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
} as const;

/** Whether the condition of a write held. */
async function holds(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (isConditionFailure(error)) return false;
    throw error;
  }
}
