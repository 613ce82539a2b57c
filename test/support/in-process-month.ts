import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { requireOutput } from '../../infra/local/provision.ts';
import { monthKey } from '../../shared/storage/money-counters.ts';
import { type InProcessGateway, inProcessAccount } from './in-process-gateway.ts';

/** The account's counters of the month in which the clock of an in-process gateway starts. */
export async function readMonth({ clients, stack }: InProcessGateway) {
  const { Item } = await clients.dynamodb.send(
    new GetItemCommand({
      TableName: requireOutput(stack, 'AccountsTable'),
      Key: monthKey(inProcessAccount, '2026-03'),
      ConsistentRead: true,
    }),
  );
  const { committedMicroUsd = 0, spentMicroUsd = 0 } = unmarshall(Item ?? {});
  return { committedMicroUsd: Number(committedMicroUsd), spentMicroUsd: Number(spentMicroUsd) };
}
