import { BatchGetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { secondsAfter } from '../clock.ts';
import type { Task } from '../domain/task.ts';
import { fromTaskItem, type Item, taskKey } from './task-items.ts';
import type { TaskTable } from './task-store.ts';

/** Which of an account's tasks, in which order of their acceptance. Times are ISO 8601 in UTC. */
export interface TaskRange {
  readonly account: string;
  readonly order: 'asc' | 'desc';
  /** Accepted at this moment or later. */
  readonly from?: string | undefined;
  /** Accepted before this moment. */
  readonly before?: string | undefined;
  /** Begins behind this task, which need not lie in the range. */
  readonly after?: Task | undefined;
}

/** BatchGetItem takes so many keys. */
const batchKeys = 100;
/** Every time that a row can have lies between them. */
const [earliest, latest] = ['0000', '9999-12-31T23:59:59.999Z'] as const;

/**
 * The tasks of a range, at first so many at a time and then up to a hundred, each read consistently. The index that
 * finds them lags a moment behind: a task that was just accepted may be missing.
 */
export async function* walkTasks(
  table: TaskTable,
  range: TaskRange,
  batchSize: number,
): AsyncGenerator<readonly Task[]> {
  const { account, order, from = earliest, after } = range;
  const last = range.before === undefined ? latest : secondsAfter(range.before, -0.001);
  if (from > last || (after !== undefined && isPast(after, order, { from, last }))) return;
  let size = batchSize;
  let start = after !== undefined && isWithin(after, { from, last }) ? toIndexKey(after) : undefined;
  do {
    const { Items = [], LastEvaluatedKey } = await table.client.send(
      new QueryCommand({
        TableName: table.tableName,
        IndexName: 'byAccount',
        KeyConditionExpression: 'account = :account AND createdAt BETWEEN :from AND :last',
        ExpressionAttributeValues: marshall({ ':account': account, ':from': from, ':last': last }),
        ScanIndexForward: order === 'asc',
        Limit: size,
        ExclusiveStartKey: start,
      }),
    );
    yield await readTasks(
      table,
      Items.flatMap((item) => item['pk']?.S ?? []),
    );
    start = LastEvaluatedKey;
    // Whoever goes on has found little so far.
    size = Math.max(size, Math.min(2 * size, batchKeys));
  } while (start !== undefined);
}

interface Bounds {
  readonly from: string;
  readonly last: string;
}

/** Whether the whole range lies before the task, seen in its order. */
function isPast({ createdAt }: Task, order: TaskRange['order'], { from, last }: Bounds): boolean {
  return order === 'asc' ? createdAt > last : createdAt < from;
}

/** DynamoDB refuses to start at a key outside the range that it is asked for. */
function isWithin({ createdAt }: Task, { from, last }: Bounds): boolean {
  return createdAt >= from && createdAt <= last;
}

/** In the order of the ids, read consistently; what does not exist is left out. */
export async function readTasks(table: TaskTable, ids: readonly string[]): Promise<Task[]> {
  const items = await readItems(table, ids.map(taskKey));
  const byId = new Map(items.map((item) => [item['pk']?.S, item]));
  return ids.flatMap((id) => {
    const item = byId.get(id);
    return item === undefined ? [] : [fromTaskItem(item)];
  });
}

/** Consistently, in any order; what does not exist is left out. */
export async function readItems({ client, tableName }: TaskTable, keys: readonly Item[]): Promise<Item[]> {
  const items: Item[] = [];
  for (let rest = [...keys]; rest.length > 0; ) {
    const answer = await client.send(
      new BatchGetItemCommand({
        RequestItems: { [tableName]: { Keys: rest.slice(0, batchKeys), ConsistentRead: true } },
      }),
    );
    items.push(...(answer.Responses?.[tableName] ?? []));
    rest = [...(answer.UnprocessedKeys?.[tableName]?.Keys ?? []), ...rest.slice(batchKeys)];
  }
  return items;
}

function toIndexKey({ id, account, createdAt }: Task): Item {
  return { ...taskKey(id), ...marshall({ account, createdAt }) };
}
