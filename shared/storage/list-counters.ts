import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { Spending } from '../domain/budget.ts';
import { type AccountTable, accountPartition } from './account-items.ts';
import { counterNameOf, parseSpending } from './money-counters.ts';
import type { Item } from './task-items.ts';

/** All counters of an account and its keys, by their sort keys, read consistently. */
export async function listCounters(
  { client, tableName }: AccountTable,
  account: string,
): Promise<ReadonlyMap<string, Spending>> {
  const counters = new Map<string, Spending>();
  let start: Item | undefined;
  do {
    const { Items = [], LastEvaluatedKey } = await client.send(
      new QueryCommand({
        TableName: tableName,
        KeyConditionExpression: 'pk = :account',
        ExpressionAttributeValues: marshall({ ':account': accountPartition(account) }),
        // The permission allows to read nothing else: the keys of the account lie in the same partition.
        Select: 'SPECIFIC_ATTRIBUTES',
        ProjectionExpression: 'sk, committedMicroUsd, spentMicroUsd',
        ConsistentRead: true,
        ExclusiveStartKey: start,
      }),
    );
    for (const { sk, ...amounts } of Items)
      if (sk?.S !== undefined && counterNameOf(sk.S) !== undefined)
        counters.set(sk.S, parseSpending(unmarshall(amounts)));
    start = LastEvaluatedKey;
  } while (start !== undefined);
  return counters;
}
