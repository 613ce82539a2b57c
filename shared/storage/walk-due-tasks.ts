import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Task } from '../domain/task.ts';
import { dueShard, type Item } from './task-items.ts';
import type { TaskTable } from './task-store.ts';
import { readTasks } from './walk-tasks.ts';

/**
 * The tasks that have work left which is due at `until` (ISO 8601 in UTC) or before, so many at a time, each read
 * consistently. A task that moves on meanwhile may come twice, or not at all.
 */
export async function* walkDueTasks(
  table: TaskTable,
  until: string,
  batchSize: number,
): AsyncGenerator<readonly Task[]> {
  let start: Item | undefined;
  do {
    const { Items = [], LastEvaluatedKey } = await table.client.send(
      new QueryCommand({
        TableName: table.tableName,
        IndexName: 'due',
        KeyConditionExpression: 'dueShard = :shard AND nextDueAt <= :until',
        ExpressionAttributeValues: marshall({ ':shard': dueShard, ':until': until }),
        Limit: batchSize,
        ExclusiveStartKey: start,
      }),
    );
    yield await readTasks(
      table,
      Items.flatMap((item) => item['pk']?.S ?? []),
    );
    start = LastEvaluatedKey;
  } while (start !== undefined);
}
