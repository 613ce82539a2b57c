import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { Task } from '../../shared/domain/task.ts';
import { toRequestItem, toTaskItem } from '../../shared/storage/task-items.ts';
import { anOrder, type OrderOverrides } from './orders.ts';
import type { Tables } from './tables.ts';

/** Writes a task as it may have become, with its request, and without any money being booked. */
export async function storeTask(
  { client }: Tables,
  changes: Partial<Task>,
  overrides: OrderOverrides = {},
): Promise<Task> {
  const order = anOrder(overrides);
  const task = { ...order.task, ...changes };
  const items = [toTaskItem(task), toRequestItem(task.id, order.request)];
  await Promise.all(items.map((Item) => client.send(new PutItemCommand({ TableName: 'tasks', Item }))));
  return task;
}
