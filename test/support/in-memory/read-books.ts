import { unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import { requireOutput } from '../../../infra/local/provision.ts';
import type { SimulatedJob } from '../../../infra/local/simulated-providers/control-route.ts';
import { type Standing, standingSchema } from '../../../shared/domain/standing.ts';
import type { Task } from '../../../shared/domain/task.ts';
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

/** All that is written anywhere of the orders of a gateway. */
export interface Books {
  readonly tasks: readonly Task[];
  /** The prompts of the tasks' orders by their ids. */
  readonly prompts: ReadonlyMap<string, string>;
  /** What the accounts hold and were charged, by the sort keys of the counters. */
  readonly counters: ReadonlyMap<
    string,
    { readonly committedMicroUsd: number; readonly spentMicroUsd: number }
  >;
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
  return {
    tasks: ofKind(taskSortKey).map(fromTaskItem),
    prompts: new Map(
      ofKind(requestSortKey).map((item) => [item['pk']?.S ?? '', fromRequestItem(item).prompt ?? '']),
    ),
    counters: await readCounters(gateway),
    standings: new Map(
      standings.map((item) => [String(item['pk']).replace('PROVIDER#', ''), standingSchema.parse(item)]),
    ),
    waiting: items.flatMap(({ waiting }) => waiting?.S ?? []),
    jobs: [...gateway.world().providers].flatMap(([provider, { jobs }]) =>
      jobs().map((job) => ({ ...job, provider })),
    ),
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

const counterSchema = z.object({
  sk: z.string(),
  committedMicroUsd: z.number().int().default(0),
  spentMicroUsd: z.number().int().default(0),
});

async function readCounters(gateway: MemoryGateway): Promise<Books['counters']> {
  const items = await scanTable(gateway, 'AccountsTable');
  const counters = items.filter(({ committedMicroUsd, spentMicroUsd }) => committedMicroUsd ?? spentMicroUsd);
  const parsed = counters.map((item) => counterSchema.parse(unmarshall(item)));
  return new Map(parsed.map(({ sk, ...spending }) => [sk, spending]));
}
