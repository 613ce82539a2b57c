import { BatchGetItemCommand, GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Task } from '../domain/task.ts';
import type { VideoRequest } from '../domain/video-request.ts';
import {
  dueShard,
  fromRequestItem,
  fromTaskItem,
  type Item,
  requestKey,
  requestSortKey,
  taskKey,
  taskSortKey,
} from './task-items.ts';
import type { TaskTable } from './task-store.ts';

/** A task with the request behind it. */
export interface TaskView {
  readonly task: Task;
  readonly request: VideoRequest;
}

interface TaskPage {
  readonly views: readonly TaskView[];
  readonly hasMore: boolean;
}

interface TaskQuery {
  readonly account: string;
  /** 1 to 100. */
  readonly limit: number;
  /** By time of acceptance. */
  readonly order: 'asc' | 'desc';
  /** The last task of the page before. */
  readonly after?: Task;
}

export interface TaskReader {
  getTask(id: string): Promise<Task | undefined>;
  getTaskView(id: string): Promise<TaskView | undefined>;
  listTaskViews(query: TaskQuery): Promise<TaskPage>;
  /** Ids of tasks whose `nextDueAt` has come, the longest overdue first. */
  listDueTaskIds(now: Date, limit: number): Promise<readonly string[]>;
}

/** BatchGetItem takes so many keys; a view is two. */
const batchKeys = 100;

export function createTaskReader(table: TaskTable): TaskReader {
  return {
    getTask: (id) => getTask(table, id),
    getTaskView: (id) => getTaskView(table, id),
    listTaskViews: (query) => listTaskViews(table, query),
    listDueTaskIds: (now, limit) => listDueTaskIds(table, now, limit),
  };
}

async function getTask({ client, tableName }: TaskTable, id: string): Promise<Task | undefined> {
  const { Item } = await client.send(
    new GetItemCommand({ TableName: tableName, Key: taskKey(id), ConsistentRead: true }),
  );
  return Item === undefined ? undefined : fromTaskItem(Item);
}

async function getTaskView({ client, tableName }: TaskTable, id: string): Promise<TaskView | undefined> {
  const { Items = [] } = await client.send(
    new QueryCommand({
      TableName: tableName,
      KeyConditionExpression: 'pk = :id',
      ExpressionAttributeValues: marshall({ ':id': id }),
      ConsistentRead: true,
    }),
  );
  return toView(Items);
}

async function listTaskViews(
  table: TaskTable,
  { account, limit, order, after }: TaskQuery,
): Promise<TaskPage> {
  const { Items = [] } = await table.client.send(
    new QueryCommand({
      TableName: table.tableName,
      IndexName: 'byAccount',
      KeyConditionExpression: 'account = :account',
      ExpressionAttributeValues: marshall({ ':account': account }),
      ScanIndexForward: order === 'asc',
      // One more tells whether there is a next page; DynamoDB's own last key may lead to an empty one.
      Limit: limit + 1,
      ...(after !== undefined && { ExclusiveStartKey: toIndexKey(after) }),
    }),
  );
  const ids = Items.slice(0, limit).flatMap((item) => item['pk']?.S ?? []);
  return { views: await readViews(table, ids), hasMore: Items.length > limit };
}

async function listDueTaskIds({ client, tableName }: TaskTable, now: Date, limit: number): Promise<string[]> {
  const { Items = [] } = await client.send(
    new QueryCommand({
      TableName: tableName,
      IndexName: 'due',
      KeyConditionExpression: 'dueShard = :shard AND nextDueAt <= :now',
      ExpressionAttributeValues: marshall({ ':shard': dueShard, ':now': now.toISOString() }),
      Limit: limit,
    }),
  );
  return Items.flatMap((item) => item['pk']?.S ?? []);
}

async function readViews(table: TaskTable, ids: readonly string[]): Promise<TaskView[]> {
  const items = await readAll(
    table,
    ids.flatMap((id) => [taskKey(id), requestKey(id)]),
  );
  return ids.flatMap((id) => toView(items.filter((item) => item['pk']?.S === id)) ?? []);
}

async function readAll({ client, tableName }: TaskTable, keys: readonly Item[]): Promise<Item[]> {
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

function toView(items: readonly Item[]): TaskView | undefined {
  const task = items.find((item) => item['sk']?.S === taskSortKey);
  const request = items.find((item) => item['sk']?.S === requestSortKey);
  if (task === undefined || request === undefined) return undefined;
  return { task: fromTaskItem(task), request: fromRequestItem(request) };
}

function toIndexKey(task: Task): Item {
  return { ...taskKey(task.id), ...marshall({ account: task.account, createdAt: task.createdAt }) };
}
