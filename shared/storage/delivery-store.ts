import { GetItemCommand, PutItemCommand, QueryCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { type Delivery, deliverySchema } from '../domain/webhook.ts';
import { sha256 } from '../ids.ts';
import { type Item, isConditionFailure } from './task-items.ts';
import type { TaskTable } from './task-store.ts';
import { type ItemChanges, toUpdateParts } from './update-expression.ts';

/** Losing a race is an outcome, not an error. */
type WrittenDelivery = Delivery | 'stale';

interface DeliveryQuery {
  readonly account: string;
  /** 1 to 100. */
  readonly limit: number;
  /** Begins behind the delivery of this id. */
  readonly after?: string | undefined;
  /** Of this moment, in ISO 8601 in UTC, or later. */
  readonly from?: string | undefined;
  readonly status?: Delivery['status'] | undefined;
  readonly taskId?: string | undefined;
}

interface DeliveryPage {
  readonly deliveries: readonly Delivery[];
  /** True also where the search was broken off; then nobody knows. */
  readonly hasMore: boolean;
  /** The next page begins behind it. */
  readonly lastId: string | undefined;
}

/** What was, is and is to be told to an account's receivers; each row goes after its time. */
export interface DeliveryStore {
  get(account: string, id: string): Promise<Delivery | undefined>;
  /** Writes a new delivery down; one of the same id stays as it is. */
  put(account: string, delivery: Delivery): Promise<void>;
  /** Changes one if nobody began a run, counted an attempt or ended it since it was read. */
  change(account: string, read: Delivery, changes: ItemChanges): Promise<WrittenDelivery>;
  /** The newest first. */
  list(query: DeliveryQuery): Promise<DeliveryPage>;
}

const batchSize = 100;
/** What one page may cost: a search that finds little is broken off after so many. */
const maxSearched = 1000;

export function createDeliveryStore(table: TaskTable): DeliveryStore {
  const { client, tableName } = table;
  return {
    async get(account, id) {
      const { Item } = await client.send(
        new GetItemCommand({ TableName: tableName, Key: toKey(account, id), ConsistentRead: true }),
      );
      return Item === undefined ? undefined : fromItem(Item);
    },
    async put(account, delivery) {
      const Item = {
        ...toKey(account, delivery.id),
        ...marshall(delivery, { removeUndefinedValues: true }),
      };
      const ConditionExpression = 'attribute_not_exists(pk)';
      await unlessRefused(
        client.send(new PutItemCommand({ TableName: tableName, Item, ConditionExpression })),
      );
    },
    async change(account, { id, run, attempts, status }, changes) {
      const parts = toUpdateParts(changes, {
        text: '{run} = :run AND {attempts} = :attempts AND {status} = :status',
        values: { ':run': run, ':attempts': attempts, ':status': status },
      });
      const update = { TableName: tableName, Key: toKey(account, id), ...parts };
      const written = await unlessRefused(
        client.send(new UpdateItemCommand({ ...update, ReturnValues: 'ALL_NEW' })),
      );
      return written === 'refused' ? 'stale' : fromItem(written.Attributes ?? {});
    },
    list: (query) => list(table, query),
  };
}

/** No attribute is called as a key of an index is: a delivery must not appear among the tasks. */
function toKey(account: string, id: string): Item {
  return marshall({ pk: `DELIVERY#${account}`, sk: id });
}

function fromItem(item: Item): Delivery {
  return deliverySchema.parse(unmarshall(item));
}

async function unlessRefused<Output>(write: Promise<Output>): Promise<Output | 'refused'> {
  try {
    return await write;
  } catch (error) {
    if (isConditionFailure(error)) return 'refused';
    throw error;
  }
}

const idPrefix = 'msg_';
const digestLength = 24;

/**
 * The id of the message about an event for a receiver, the same whoever asks and however often: `about` tells the
 * event and the receiver from all others of the account at that moment.
 */
export function deliveryIdOf(occurredAt: string, about: readonly string[]): string {
  return startOfIds(occurredAt) + sha256(JSON.stringify(about)).slice(0, digestLength);
}

/** Whether a text may be such an id. */
export function isDeliveryId(text: string): boolean {
  return /^msg_[0-9a-f]{36}$/.test(text);
}

/** Ids are sorted by the time of their event. */
function startOfIds(at: string): string {
  return `${idPrefix}${Date.parse(at).toString(16).padStart(12, '0')}`;
}

async function list(table: TaskTable, query: DeliveryQuery): Promise<DeliveryPage> {
  const { limit, status, taskId } = query;
  const isWanted = (delivery: Delivery) =>
    (status === undefined || delivery.status === status) &&
    (taskId === undefined || delivery.taskId === taskId);
  const found: Delivery[] = [];
  let searched = 0;
  for await (const deliveries of walk(table, query)) {
    found.push(...deliveries.filter(isWanted));
    searched += deliveries.length;
    if (found.length > limit) return toPage(found.slice(0, limit), true);
    if (searched >= maxSearched) return { ...toPage(found, true), lastId: deliveries.at(-1)?.id };
  }
  return toPage(found, false);
}

function toPage(deliveries: readonly Delivery[], hasMore: boolean): DeliveryPage {
  return { deliveries, hasMore, lastId: deliveries.at(-1)?.id };
}

async function* walk(
  { client, tableName }: TaskTable,
  { account, after, from }: DeliveryQuery,
): AsyncGenerator<readonly Delivery[]> {
  const first = from === undefined ? idPrefix : startOfIds(from);
  // DynamoDB refuses to start at a key outside the range that it is asked for.
  if (after !== undefined && after < first) return;
  let start = after === undefined ? undefined : toKey(account, after);
  do {
    const { Items = [], LastEvaluatedKey } = await client.send(
      new QueryCommand({
        TableName: tableName,
        KeyConditionExpression: 'pk = :account AND sk BETWEEN :first AND :last',
        ExpressionAttributeValues: marshall({
          ':account': `DELIVERY#${account}`,
          ':first': first,
          ':last': `${idPrefix}~`,
        }),
        ScanIndexForward: false,
        Limit: batchSize,
        ConsistentRead: true,
        ExclusiveStartKey: start,
      }),
    );
    yield Items.map(fromItem);
    start = LastEvaluatedKey;
  } while (start !== undefined);
}
