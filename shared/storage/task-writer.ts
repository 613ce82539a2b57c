import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { sleepFields, type Task, type TaskState } from '../domain/task.ts';
import { contentFields } from '../domain/video-request.ts';
import {
  fromTaskItem,
  type Item,
  isConditionFailure,
  isInState,
  isLive,
  isOver,
  jobKey,
  requestKey,
  taskKey,
} from './task-items.ts';
import type { TaskTable } from './task-store.ts';
import { type ItemChanges, type ItemCondition, toUpdateParts } from './update-expression.ts';

/** A change of state: from one of `from`, and only while `guard` holds. */
interface Transition extends ItemChanges {
  readonly from: readonly TaskState[];
  readonly to: TaskState;
  readonly guard?: ItemCondition;
}

/** Losing a race is an outcome, not an error. */
export type Written = Task | 'stale';

export interface TaskWriter {
  /** The only writer of `state`; what ends a task, or publishes its late video, lives in the ledger. */
  transition(id: string, transition: Transition): Promise<Written>;
  /** Changes a live task without moving it to another state. */
  amend(id: string, changes: ItemChanges, guard?: ItemCondition): Promise<Written>;
  /** Changes a task that ended, for example to clear a follow-up. */
  amendTerminal(id: string, changes: ItemChanges, guard?: ItemCondition): Promise<Written>;
  /** Forgets what an order said and showed; what reports are made of stays. */
  forgetContent(id: string): Promise<void>;
  /** Moves when a task is due, if it is due at all; also one whose row cannot be read. */
  postpone(id: string, nextDueAt: string): Promise<void>;
  /** Forgets the sleeper's token and whether somebody rang; a look that nobody rang for is counted. */
  takeWake(id: string): Promise<{ readonly task: Task; readonly isWoken: boolean } | undefined>;
  /** Makes `taskId` the owner of a provider's job; false when another task owns it. */
  claimJob(provider: string, jobId: string, taskId: string): Promise<boolean>;
}

export function createTaskWriter(table: TaskTable): TaskWriter {
  return {
    transition(id, { from, to, guard, set, ...changes }) {
      const condition = both(isInState(from), guard);
      return updateTask(table, id, { changes: { ...changes, set: { ...set, state: to } }, condition });
    },
    amend: (id, changes, guard) => updateTask(table, id, { changes, condition: both(isLive, guard) }),
    amendTerminal: (id, changes, guard) => updateTask(table, id, { changes, condition: both(isOver, guard) }),
    async forgetContent(id) {
      const condition = { text: 'attribute_exists({pk})' };
      const remove = contentFields.map((field) => `request.${field}`);
      await update(table, requestKey(id), { changes: { remove }, condition });
    },
    async postpone(id, nextDueAt) {
      const condition = { text: 'attribute_exists({nextDueAt})' };
      await update(table, taskKey(id), { changes: { set: { nextDueAt } }, condition });
    },
    takeWake: (id) => takeWake(table, id),
    async claimJob(provider, jobId, taskId) {
      const condition = {
        text: 'attribute_not_exists({taskId}) OR {taskId} = :owner',
        values: { ':owner': taskId },
      };
      const changes = { set: { taskId } };
      return (await update(table, jobKey(provider, jobId), { changes, condition })) !== 'stale';
    },
  };
}

async function takeWake(table: TaskTable, id: string): ReturnType<TaskWriter['takeWake']> {
  const sleep = { remove: [...sleepFields] };
  const quiet = await updateTask(table, id, {
    changes: { ...sleep, add: { looks: 1 } },
    condition: { text: 'attribute_exists({pk}) AND attribute_not_exists({wake})' },
  });
  if (quiet !== 'stale') return { task: quiet, isWoken: false };
  const rung = await updateTask(table, id, {
    changes: sleep,
    condition: { text: 'attribute_exists({pk})' },
  });
  return rung === 'stale' ? undefined : { task: rung, isWoken: true };
}

interface ConditionalWrite {
  readonly changes: ItemChanges;
  readonly condition: ItemCondition;
}

async function updateTask(table: TaskTable, id: string, write: ConditionalWrite): Promise<Written> {
  const item = await update(table, taskKey(id), write);
  return item === 'stale' ? 'stale' : fromTaskItem(item);
}

async function update(
  { client, tableName }: TaskTable,
  key: Item,
  { changes, condition }: ConditionalWrite,
): Promise<Item | 'stale'> {
  const parts = toUpdateParts(changes, condition);
  try {
    const { Attributes = {} } = await client.send(
      new UpdateItemCommand({ TableName: tableName, Key: key, ...parts, ReturnValues: 'ALL_NEW' }),
    );
    return Attributes;
  } catch (error) {
    if (isConditionFailure(error)) return 'stale';
    throw error;
  }
}

function both(condition: ItemCondition, guard: ItemCondition | undefined): ItemCondition {
  if (guard === undefined) return condition;
  return {
    text: `(${condition.text}) AND (${guard.text})`,
    values: { ...condition.values, ...guard.values },
  };
}
