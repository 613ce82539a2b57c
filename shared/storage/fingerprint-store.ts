import { PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import { type Item, isConditionFailure } from './task-items.ts';
import type { TaskTable } from './task-store.ts';

/** What orders without an Idempotency-Key have in common when they ask for the same. */
export interface Fingerprint {
  readonly account: string;
  readonly requestHash: string;
}

/** No attribute is called as a key of an index is: an entry must not appear among the tasks. */
const chainSchema = z.object({
  /** Of the task that the order is, or becomes once it is accepted. */
  taskId: z.string(),
  openedAt: z.string(),
  /** The highest retry count among the requests that the entry took. */
  retryCount: z.number().int().nonnegative(),
  /** Unix time, as DynamoDB's TTL wants it. What it has not removed by then says nothing any more. */
  expireAtSeconds: z.number().int(),
});
/** An order and the repeats of it that its client marked: one entry under its fingerprint. */
export type RetryChain = z.infer<typeof chainSchema>;

export interface FingerprintStore {
  /** The chains that are open at `now`, the newest first. Read consistently. */
  listChains(fingerprint: Fingerprint, now: Date): Promise<readonly RetryChain[]>;
  /** Writes the entry of a new chain. */
  openChain(fingerprint: Fingerprint, chain: RetryChain): Promise<void>;
  /** Replaces an entry as it was read; false when another request was taken meanwhile. */
  extendChain(fingerprint: Fingerprint, from: RetryChain, to: RetryChain): Promise<boolean>;
}

export function createFingerprintStore(table: TaskTable): FingerprintStore {
  const put = async (fingerprint: Fingerprint, chain: RetryChain, condition: object) => {
    const Item = { ...chainKey(fingerprint, chain), ...marshall(chain) };
    await table.client.send(new PutItemCommand({ TableName: table.tableName, Item, ...condition }));
  };
  return {
    listChains: (fingerprint, now) => listChains(table, fingerprint, now),
    openChain: (fingerprint, chain) => put(fingerprint, chain, {}),
    async extendChain(fingerprint, from, to) {
      try {
        await put(fingerprint, to, {
          ConditionExpression: 'retryCount = :read',
          ExpressionAttributeValues: marshall({ ':read': from.retryCount }),
        });
        return true;
      } catch (error) {
        if (isConditionFailure(error)) return false;
        throw error;
      }
    },
  };
}

function partition({ account, requestHash }: Fingerprint): string {
  return `FINGERPRINT#${account}#${requestHash}`;
}

/** Sorted by time; the id keeps orders of the same millisecond apart. */
function chainKey(fingerprint: Fingerprint, { openedAt, taskId }: RetryChain): Item {
  return marshall({ pk: partition(fingerprint), sk: `${openedAt}#${taskId}` });
}

async function listChains(
  { client, tableName }: TaskTable,
  fingerprint: Fingerprint,
  now: Date,
): Promise<RetryChain[]> {
  const chains: RetryChain[] = [];
  let start: Item | undefined;
  do {
    const { Items = [], LastEvaluatedKey } = await client.send(
      new QueryCommand({
        TableName: tableName,
        KeyConditionExpression: 'pk = :fingerprint',
        FilterExpression: 'expireAtSeconds > :now',
        ExpressionAttributeValues: marshall({
          ':fingerprint': partition(fingerprint),
          ':now': now.getTime() / 1000,
        }),
        ScanIndexForward: false,
        ConsistentRead: true,
        ...(start !== undefined && { ExclusiveStartKey: start }),
      }),
    );
    chains.push(...Items.map((item) => chainSchema.parse(unmarshall(item))));
    start = LastEvaluatedKey;
  } while (start !== undefined);
  return chains;
}
