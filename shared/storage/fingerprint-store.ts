import { PutItemCommand, type PutItemCommandInput, QueryCommand } from '@aws-sdk/client-dynamodb';
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
  /** A random id of each request that the entry took, under its retry count; one request for each count. */
  takenBy: z.record(z.string(), z.string()),
  /** Unix time, as DynamoDB's TTL wants it. What it has not removed by then says nothing any more. */
  expireAtSeconds: z.number().int(),
});
/** An order and the repeats of it that its client marked: one entry under its fingerprint. */
export type RetryChain = z.infer<typeof chainSchema>;

/** A request of a chain, and until when the chain waits for the next one. */
interface CountedRequest {
  readonly retryCount: number;
  /** Of this request alone: it knows its own write again when the answer to that was lost. */
  readonly requestId: string;
  readonly expireAtSeconds: number;
}

export interface FingerprintStore {
  /** The chains that are open at `now`, the newest first. Read consistently. */
  listChains(fingerprint: Fingerprint, now: Date): Promise<readonly RetryChain[]>;
  /** Writes the entry of a new chain. */
  openChain(fingerprint: Fingerprint, chain: RetryChain): Promise<void>;
  /** Adds a request to an entry as it was read; false when another request was added meanwhile. */
  extendChain(fingerprint: Fingerprint, chain: RetryChain, request: CountedRequest): Promise<boolean>;
}

export function createFingerprintStore(table: TaskTable): FingerprintStore {
  return {
    listChains: (fingerprint, now) => listChains(table, fingerprint, now),
    async openChain(fingerprint, chain) {
      // A write that arrives twice must not take back what the entry took in between.
      await putIf(table, toItem(fingerprint, chain), { ConditionExpression: 'attribute_not_exists(pk)' });
    },
    extendChain: (fingerprint, chain, request) => extendChain(table, toExtended(fingerprint, chain, request)),
  };
}

interface Extension {
  readonly item: Item;
  /** How many requests the entry had when it was read. They are only added. */
  readonly requestsRead: number;
  readonly request: CountedRequest;
}

function toExtended(fingerprint: Fingerprint, chain: RetryChain, request: CountedRequest): Extension {
  const { retryCount, requestId, expireAtSeconds } = request;
  const takenBy = { ...chain.takenBy, [retryCount]: requestId };
  return {
    item: toItem(fingerprint, { ...chain, takenBy, expireAtSeconds }),
    requestsRead: Object.keys(chain.takenBy).length,
    request,
  };
}

async function extendChain(table: TaskTable, { item, requestsRead, request }: Extension): Promise<boolean> {
  const put = await putIf(table, item, {
    ConditionExpression: 'size(takenBy) = :read',
    ExpressionAttributeValues: marshall({ ':read': requestsRead }),
  });
  if (put.kind === 'written') return true;
  // The SDK repeats a write whose answer was lost: what is in its way may be itself.
  const found = put.found && chainSchema.parse(unmarshall(put.found));
  return found?.takenBy[request.retryCount] === request.requestId;
}

type PutOutcome = { readonly kind: 'written' } | { readonly kind: 'refused'; readonly found?: Item };
type Condition = Pick<PutItemCommandInput, 'ConditionExpression' | 'ExpressionAttributeValues'>;

async function putIf(
  { client, tableName }: TaskTable,
  Item: Item,
  condition: Condition,
): Promise<PutOutcome> {
  const settings = { TableName: tableName, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } as const;
  try {
    await client.send(new PutItemCommand({ ...settings, ...condition, Item }));
    return { kind: 'written' };
  } catch (error) {
    if (!isConditionFailure(error)) throw error;
    return { kind: 'refused', ...(error.Item !== undefined && { found: error.Item }) };
  }
}

function partition({ account, requestHash }: Fingerprint): string {
  return `FINGERPRINT#${account}#${requestHash}`;
}

/** Sorted by time; the id keeps orders of the same millisecond apart. */
function toItem(fingerprint: Fingerprint, chain: RetryChain): Item {
  const { openedAt, taskId } = chain;
  return marshall({ pk: partition(fingerprint), sk: `${openedAt}#${taskId}`, ...chain });
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
