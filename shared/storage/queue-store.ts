import { DeleteItemCommand, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Task } from '../domain/task.ts';
import type { Item } from './task-items.ts';
import type { TaskTable } from './task-store.ts';

type Arrival = Pick<Task, 'id' | 'createdAt'>;

/** Who waits for a place at a provider: a row a task, in order of arrival. Every read is consistent. */
export interface QueueStore {
  /** Joining twice is joining once. */
  join(provider: string, task: Arrival): Promise<void>;
  leave(provider: string, task: Arrival): Promise<void>;
  /** The tasks that waited longest, at most `limit`. */
  listFirst(provider: string, limit: number): Promise<readonly Arrival[]>;
  /** How many tasks arrived before this one and still wait. */
  countBefore(provider: string, task: Arrival): Promise<number>;
  /** How many tasks wait. */
  count(provider: string): Promise<number>;
}

export function createQueueStore(table: TaskTable): QueueStore {
  const { client, tableName } = table;
  return {
    async join(provider, task) {
      const Item = {
        ...rowKey(provider, task),
        ...marshall({ waiting: task.id, createdAt: task.createdAt }),
      };
      await client.send(new PutItemCommand({ TableName: tableName, Item }));
    },
    async leave(provider, task) {
      await client.send(new DeleteItemCommand({ TableName: tableName, Key: rowKey(provider, task) }));
    },
    listFirst: (provider, limit) => listFirst(table, provider, limit),
    countBefore: (provider, task) =>
      countRows(table, 'pk = :queue AND sk < :own', {
        ':queue': partitionOf(provider),
        ':own': sortKeyOf(task),
      }),
    count: (provider) => countRows(table, 'pk = :queue', { ':queue': partitionOf(provider) }),
  };
}

function rowKey(provider: string, task: Arrival): Item {
  return marshall({ pk: partitionOf(provider), sk: sortKeyOf(task) });
}

function partitionOf(provider: string): string {
  return `QUEUE#${provider}`;
}

function sortKeyOf({ createdAt, id }: Arrival): string {
  return `${createdAt}#${id}`;
}

async function listFirst(
  { client, tableName }: TaskTable,
  provider: string,
  limit: number,
): Promise<Arrival[]> {
  const { Items = [] } = await client.send(
    new QueryCommand({
      TableName: tableName,
      KeyConditionExpression: 'pk = :queue',
      ExpressionAttributeValues: marshall({ ':queue': partitionOf(provider) }),
      ConsistentRead: true,
      Limit: limit,
    }),
  );
  return Items.flatMap(({ waiting, createdAt }) => {
    const arrival = waiting?.S !== undefined && createdAt?.S !== undefined;
    return arrival ? [{ id: waiting.S, createdAt: createdAt.S }] : [];
  });
}

async function countRows(
  { client, tableName }: TaskTable,
  condition: string,
  values: Readonly<Record<string, string>>,
): Promise<number> {
  let count = 0;
  let start: Item | undefined;
  do {
    const page = await client.send(
      new QueryCommand({
        TableName: tableName,
        KeyConditionExpression: condition,
        ExpressionAttributeValues: marshall(values),
        ConsistentRead: true,
        Select: 'COUNT',
        ...(start !== undefined && { ExclusiveStartKey: start }),
      }),
    );
    count += page.Count ?? 0;
    start = page.LastEvaluatedKey;
  } while (start !== undefined);
  return count;
}
