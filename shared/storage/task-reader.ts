import { GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Task } from '../domain/task.ts';
import type { VideoRequest } from '../domain/video-request.ts';
import { listTaskViews, readRequests, type TaskPage, type TaskQuery } from './list-task-views.ts';
import {
  dueShard,
  fromRequestItem,
  fromTaskItem,
  type Item,
  requestSortKey,
  taskKey,
  taskSortKey,
} from './task-items.ts';
import type { TaskTable } from './task-store.ts';
import { walkDueTasks } from './walk-due-tasks.ts';
import { readTasks, type TaskRange, walkTasks } from './walk-tasks.ts';

/** A task with the request behind it. */
export interface TaskView {
  readonly task: Task;
  readonly request: VideoRequest;
}

export interface TaskReader {
  getTask(id: string): Promise<Task | undefined>;
  getTaskView(id: string): Promise<TaskView | undefined>;
  listTaskViews(query: TaskQuery): Promise<TaskPage>;
  /** The tasks of a range, at first `batchSize` at a time. */
  walkTasks(range: TaskRange, batchSize: number): AsyncGenerator<readonly Task[]>;
  /** The tasks of these ids, read consistently; what does not exist is left out. */
  listTasks(ids: readonly string[]): Promise<readonly Task[]>;
  /** The tasks that have work left which is due at this moment or before, `batchSize` at a time. */
  walkDueTasks(until: string, batchSize: number): AsyncGenerator<readonly Task[]>;
  /** The requests behind tasks, by the ids of these. */
  listRequests(ids: readonly string[]): Promise<ReadonlyMap<string, VideoRequest>>;
  /** Ids of tasks whose `nextDueAt` has come, the longest overdue first. */
  listDueTaskIds(now: Date, limit: number): Promise<readonly string[]>;
}

export function createTaskReader(table: TaskTable): TaskReader {
  return {
    getTask: (id) => getTask(table, id),
    getTaskView: (id) => getTaskView(table, id),
    listTaskViews: (query) => listTaskViews(table, query),
    walkTasks: (range, batchSize) => walkTasks(table, range, batchSize),
    listTasks: (ids) => readTasks(table, ids),
    walkDueTasks: (until, batchSize) => walkDueTasks(table, until, batchSize),
    listRequests: (ids) => readRequests(table, ids),
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

function toView(items: readonly Item[]): TaskView | undefined {
  const task = items.find((item) => item['sk']?.S === taskSortKey);
  const request = items.find((item) => item['sk']?.S === requestSortKey);
  if (task === undefined || request === undefined) return undefined;
  return { task: fromTaskItem(task), request: fromRequestItem(request) };
}
