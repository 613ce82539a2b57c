import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { type AccountTable, accountPartition } from './account-items.ts';
import type { Item } from './task-items.ts';

const pageItems = 1000;

/**
 * The names of all accounts that anything is known of, in order. There is no list of them: the whole table is read,
 * which is for what runs once a day.
 */
export async function listAccountNames({ client, tableName }: AccountTable): Promise<readonly string[]> {
  const prefix = accountPartition('');
  const names = new Set<string>();
  let start: Item | undefined;
  do {
    const { Items = [], LastEvaluatedKey } = await client.send(
      new ScanCommand({
        TableName: tableName,
        // Said in both ways: the permission allows to read nothing but the partitions.
        Select: 'SPECIFIC_ATTRIBUTES',
        ProjectionExpression: 'pk',
        Limit: pageItems,
        ExclusiveStartKey: start,
      }),
    );
    const partitions = Items.flatMap((item) => item['pk']?.S ?? []);
    for (const partition of partitions)
      if (partition.startsWith(prefix)) names.add(partition.slice(prefix.length));
    start = LastEvaluatedKey;
  } while (start !== undefined);
  return [...names].toSorted();
}
