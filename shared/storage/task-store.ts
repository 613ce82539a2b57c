import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Task } from '../domain/task.ts';
import { NotFoundError } from '../errors.ts';
import { createTaskReader, type TaskReader } from './task-reader.ts';
import { createTaskWriter, type TaskWriter } from './task-writer.ts';

export type { TaskView } from './task-reader.ts';
export type { Written } from './task-writer.ts';

/** The tasks table. Only settling, which moves money too, writes to it from elsewhere: in the ledger. */
export interface TaskStore extends TaskReader, TaskWriter {}

export interface TaskTable {
  readonly client: DynamoDBClient;
  readonly tableName: string;
}

export function createTaskStore(table: TaskTable): TaskStore {
  return { ...createTaskReader(table), ...createTaskWriter(table) };
}

/** The task; throws NotFoundError when there is none. */
export async function requireTask(id: string, tasks: TaskReader): Promise<Task> {
  const task = await tasks.getTask(id);
  if (task === undefined) throw new NotFoundError(`The task ${id}`);
  return task;
}
