import { unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import { requireOutput } from '../../../infra/local/provision.ts';
import type { SimulatedJob } from '../../../infra/local/simulated-providers/control-route.ts';
import type { Spending } from '../../../shared/domain/budget.ts';
import { type Standing, standingSchema } from '../../../shared/domain/standing.ts';
import type { Task } from '../../../shared/domain/task.ts';
import { type Delivery, deliverySchema } from '../../../shared/domain/webhook.ts';
import { parseSpending } from '../../../shared/storage/money-counters.ts';
import {
  fromRequestItem,
  fromTaskItem,
  type Item,
  requestSortKey,
  taskSortKey,
} from '../../../shared/storage/task-items.ts';
import type { MemoryGateway } from './memory-gateway.ts';

const itemSchema = z.custom<Item>((value) => typeof value === 'object' && value !== null);
const scanSchema = z.object({ Items: z.array(itemSchema), LastEvaluatedKey: itemSchema.optional() });

export interface MoneyBooks {
  readonly tasks: readonly Task[];
  /** What the accounts hold and were charged, by the sort keys of the counters. */
  readonly counters: ReadonlyMap<string, Spending>;
}

/** All that is written anywhere of the orders of a gateway. */
export interface Books extends MoneyBooks {
  /** The prompts of the tasks' orders by their ids. */
  readonly prompts: ReadonlyMap<string, string>;
  /** The ids of tasks whose orders have a webhook. */
  readonly tellingIds: ReadonlySet<string>;
  readonly deliveries: readonly Delivery[];
  /** By the names of the providers. */
  readonly standings: ReadonlyMap<string, Standing>;
  /** The ids of tasks that wait for a place. */
  readonly waiting: readonly string[];
  readonly jobs: readonly (SimulatedJob & { readonly provider: string })[];
}

export async function readBooks(gateway: MemoryGateway): Promise<Books> {
  const items = await scanTable(gateway, 'TasksTable');
  const ofKind = (sortKey: string) => items.filter((item) => item['sk']?.S === sortKey);
  const standings = ofKind('STANDING').map((item) => unmarshall(item));
  const requests = ofKind(requestSortKey).map(
    (item) => [item['pk']?.S ?? '', fromRequestItem(item)] as const,
  );
  return {
    ...(await readMoney(gateway, items)),
    prompts: new Map(requests.map(([id, { prompt = '' }]) => [id, prompt])),
    tellingIds: new Set(requests.flatMap(([id, { webhook }]) => (webhook === undefined ? [] : [id]))),
    deliveries: items
      .filter((item) => item['pk']?.S?.startsWith('DELIVERY#'))
      .map((item) => deliverySchema.parse(unmarshall(item))),
    standings: new Map(
      standings.map((item) => [String(item['pk']).replace('PROVIDER#', ''), standingSchema.parse(item)]),
    ),
    waiting: items.flatMap(({ waiting }) => waiting?.S ?? []),
    jobs: [...gateway.world().providers].flatMap(([provider, { jobs }]) =>
      jobs().map((job) => ({ ...job, provider })),
    ),
  };
}

/** Of the tasks' rows where they are read already. */
export async function readMoney(gateway: MemoryGateway, items?: readonly Item[]): Promise<MoneyBooks> {
  const rows = items ?? (await scanTable(gateway, 'TasksTable'));
  return {
    tasks: rows.filter((item) => item['sk']?.S === taskSortKey).map(fromTaskItem),
    counters: await readCounters(gateway),
  };
}

/** Every row of a table, as DynamoDB has it. */
export async function scanTable(
  { stack, world }: MemoryGateway,
  output: 'TasksTable' | 'AccountsTable',
): Promise<Item[]> {
  const request = { TableName: requireOutput(stack, output), Limit: 10_000 };
  const items: Item[] = [];
  let start: Item | undefined;
  do {
    const page = await world().dynamodb('Scan', { ...request, ...(start && { ExclusiveStartKey: start }) });
    const { Items, LastEvaluatedKey } = scanSchema.parse(page);
    items.push(...Items);
    start = LastEvaluatedKey;
  } while (start !== undefined);
  return items;
}

async function readCounters(gateway: MemoryGateway): Promise<MoneyBooks['counters']> {
  const items = await scanTable(gateway, 'AccountsTable');
  const counters = items.filter(({ committedMicroUsd, spentMicroUsd }) => committedMicroUsd ?? spentMicroUsd);
  return new Map(counters.map((item) => [item['sk']?.S ?? '', parseSpending(unmarshall(item))]));
}
