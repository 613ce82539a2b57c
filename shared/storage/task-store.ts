import {
  BatchGetItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Task, TaskState } from '../domain/task.ts';
import type { VideoRequest } from '../domain/video-request.ts';
import { NotFoundError } from '../errors.ts';
import {
  dueShard,
  fromRequestItem,
  fromTaskItem,
  type Item,
  isConditionFailure,
  isInState,
  isLive,
  jobKey,
  requestKey,
  requestSortKey,
  taskKey,
  taskSortKey,
} from './task-items.ts';
import { type ItemChanges, type ItemCondition, toUpdateParts } from './update-expression.ts';

/** A task with the request behind it. */
export interface TaskView {
  readonly task: Task;
  readonly request: VideoRequest;
}

export interface TaskPage {
  readonly views: readonly TaskView[];
  readonly hasMore: boolean;
}

export interface TaskQuery {
  readonly account: string;
  /** 1 to 100. */
  readonly limit: number;
  /** By time of acceptance. */
  readonly order: 'asc' | 'desc';
  /** The last task of the page before. */
  readonly after?: Task;
}

/** A change of state: from one of `from`, and only while `guard` holds. */
export interface Transition extends ItemChanges {
  readonly from: readonly TaskState[];
  readonly to: TaskState;
  readonly guard?: ItemCondition;
}

/** Losing a race is an outcome, not an error. */
export type Written = Task | 'stale';

export interface TaskStore {
  getTask(id: string): Promise<Task | undefined>;
  getTaskView(id: string): Promise<TaskView | undefined>;
  listTaskViews(query: TaskQuery): Promise<TaskPage>;
  /** Ids of tasks whose `nextDueAt` has come, the longest overdue first. */
  listDueTaskIds(now: Date, limit: number): Promise<readonly string[]>;
  /** The only writer of `state`; settling is the one transition that lives in the ledger. */
  transition(id: string, transition: Transition): Promise<Written>;
  /** Changes a live task without moving it to another state. */
  amend(id: string, changes: ItemChanges, guard?: ItemCondition): Promise<Written>;
  /** Changes a task that may be terminal, for example to clear a follow-up. */
  amendTerminal(id: string, changes: ItemChanges): Promise<Written>;
  /** Forgets the sleeper's token and whether somebody rang; a look nobody rang for is counted. */
  takeWake(id: string): Promise<{ readonly task: Task; readonly isWoken: boolean } | undefined>;
  /** Makes `taskId` the owner of a provider's job; false when another task owns it. */
  claimJob(provider: string, jobId: string, taskId: string): Promise<boolean>;
}

interface TaskStoreOptions {
  readonly client: DynamoDBClient;
  readonly tableName: string;
}

export function createTaskStore({ client, tableName }: TaskStoreOptions): TaskStore {
  const table = { TableName: tableName };

  async function update(key: Item, changes: ItemChanges, condition: ItemCondition): Promise<Item | 'stale'> {
    const parts = toUpdateParts(changes, condition);
    try {
      const answer = await client.send(
        new UpdateItemCommand({ ...table, Key: key, ...parts, ReturnValues: 'ALL_NEW' }),
      );
      return answer.Attributes ?? {};
    } catch (error) {
      if (isConditionFailure(error)) return 'stale';
      throw error;
    }
  }

  async function updateTask(id: string, changes: ItemChanges, condition: ItemCondition): Promise<Written> {
    const item = await update(taskKey(id), changes, condition);
    return item === 'stale' ? 'stale' : fromTaskItem(item);
  }

  async function readViews(ids: readonly string[]): Promise<TaskView[]> {
    const items = await readAll(ids.flatMap((id) => [taskKey(id), requestKey(id)]));
    return ids.flatMap((id) => toView(items.filter((item) => item['pk']?.S === id)) ?? []);
  }

  /** BatchGetItem takes 100 keys and may leave some unread. */
  async function readAll(keys: readonly Item[]): Promise<Item[]> {
    const items: Item[] = [];
    for (let rest = [...keys]; rest.length > 0; ) {
      const answer = await client.send(
        new BatchGetItemCommand({ RequestItems: { [tableName]: { Keys: rest.slice(0, 100) } } }),
      );
      items.push(...(answer.Responses?.[tableName] ?? []));
      rest = [...(answer.UnprocessedKeys?.[tableName]?.Keys ?? []), ...rest.slice(100)];
    }
    return items;
  }

  return {
    async getTask(id) {
      const { Item } = await client.send(
        new GetItemCommand({ ...table, Key: taskKey(id), ConsistentRead: true }),
      );
      return Item === undefined ? undefined : fromTaskItem(Item);
    },

    async getTaskView(id) {
      const { Items = [] } = await client.send(
        new QueryCommand({
          ...table,
          KeyConditionExpression: 'pk = :id',
          ExpressionAttributeValues: marshall({ ':id': id }),
          ConsistentRead: true,
        }),
      );
      return toView(Items);
    },

    async listTaskViews({ account, limit, order, after }) {
      const { Items = [], LastEvaluatedKey } = await client.send(
        new QueryCommand({
          ...table,
          IndexName: 'byAccount',
          KeyConditionExpression: 'account = :account',
          ExpressionAttributeValues: marshall({ ':account': account }),
          ScanIndexForward: order === 'asc',
          Limit: limit,
          ...(after !== undefined && { ExclusiveStartKey: toIndexKey(after) }),
        }),
      );
      const views = await readViews(Items.flatMap((item) => item['pk']?.S ?? []));
      return { views, hasMore: LastEvaluatedKey !== undefined };
    },

    async listDueTaskIds(now, limit) {
      const { Items = [] } = await client.send(
        new QueryCommand({
          ...table,
          IndexName: 'due',
          KeyConditionExpression: 'dueShard = :shard AND nextDueAt <= :now',
          ExpressionAttributeValues: marshall({ ':shard': dueShard, ':now': now.toISOString() }),
          Limit: limit,
        }),
      );
      return Items.flatMap((item) => item['pk']?.S ?? []);
    },

    transition(id, { from, to, guard, set, ...changes }) {
      return updateTask(id, { ...changes, set: { ...set, state: to } }, both(isInState(from), guard));
    },

    amend(id, changes, guard) {
      return updateTask(id, changes, both(isLive, guard));
    },

    amendTerminal(id, changes) {
      return updateTask(id, changes, isInState(['completed', 'failed']));
    },

    async takeWake(id) {
      const asleep = { remove: ['wake', 'taskToken'] };
      const unwoken = { text: 'attribute_exists({pk}) AND attribute_not_exists({wake})' };
      const quiet = await updateTask(id, { ...asleep, add: { looks: 1 } }, unwoken);
      if (quiet !== 'stale') return { task: quiet, isWoken: false };
      const rung = await updateTask(id, asleep, { text: 'attribute_exists({pk})' });
      return rung === 'stale' ? undefined : { task: rung, isWoken: true };
    },

    async claimJob(provider, jobId, taskId) {
      const owner = {
        text: 'attribute_not_exists({taskId}) OR {taskId} = :owner',
        values: { ':owner': taskId },
      };
      return (await update(jobKey(provider, jobId), { set: { taskId } }, owner)) !== 'stale';
    },
  };
}

/** The task; throws NotFoundError when there is none. */
export async function requireTask(id: string, tasks: TaskStore): Promise<Task> {
  const task = await tasks.getTask(id);
  if (task === undefined) throw new NotFoundError(`The task ${id}`);
  return task;
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

function both(condition: ItemCondition, guard: ItemCondition | undefined): ItemCondition {
  if (guard === undefined) return condition;
  return {
    text: `(${condition.text}) AND (${guard.text})`,
    values: { ...condition.values, ...guard.values },
  };
}
