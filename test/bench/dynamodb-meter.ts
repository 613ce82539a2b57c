import * as z from 'zod';
import { startAwsJsonServer } from '../../infra/local/aws-json-server.ts';
import { AwsServiceError } from '../../infra/local/aws-service-error.ts';
import type { LocalServer } from '../../infra/local/local-server.ts';
import type { TableDefinition } from '../../infra/local/template/read-tables.ts';
import { type Item, indexWriteUnits, itemSchema, readUnits, writeUnits } from './dynamodb-units.ts';

export interface DynamoDbMeter extends LocalServer {
  /** The request units that AWS would have billed so far. */
  units(): { readonly write: number; readonly read: number };
}

interface Meter {
  readonly url: string;
  readonly tables: readonly TableDefinition[];
  write: number;
  read: number;
}

/** Stands before a DynamoDB server and counts request units. Right only while requests come one by one. */
export async function startDynamoDbMeter(
  { url }: LocalServer,
  tables: readonly TableDefinition[],
): Promise<DynamoDbMeter> {
  const meter: Meter = { url, tables, write: 0, read: 0 };
  const server = await startAwsJsonServer({
    services: { DynamoDB_20120810: (operation, input) => answer(meter, operation, input) },
  });
  return { ...server, units: () => ({ write: meter.write, read: meter.read }) };
}

const keyedSchema = z.object({ TableName: z.string(), Key: itemSchema });
const putSchema = z.object({ TableName: z.string(), Item: itemSchema });
const writeSchema = z.union([keyedSchema, putSchema]);
type Write = z.infer<typeof writeSchema>;

const transactSchema = z.object({
  TransactItems: z.array(
    z.union([
      z.strictObject({ Put: putSchema }).transform(({ Put }) => Put),
      z.strictObject({ Update: keyedSchema }).transform(({ Update }) => Update),
    ]),
  ),
});
const readSchema = z.object({
  ConsistentRead: z.boolean().default(false),
  // With these more is read than is answered.
  ProjectionExpression: z.undefined().optional(),
  FilterExpression: z.undefined().optional(),
});
const batchSchema = z.object({
  RequestItems: z.record(
    z.string(),
    z.object({ Keys: z.array(itemSchema), ConsistentRead: z.boolean().default(false) }),
  ),
});
const batchAnswerSchema = z.object({ Responses: z.record(z.string(), z.array(itemSchema)) });
const foundSchema = z.object({ Item: itemSchema.optional(), Items: z.array(itemSchema).default([]) });

async function answer(meter: Meter, operation: string, input: unknown): Promise<object> {
  const forward = () => send(meter.url, operation, input);
  switch (operation) {
    case 'PutItem':
    case 'UpdateItem':
    case 'DeleteItem':
      return countWrites(meter, { writes: [writeSchema.parse(input)], factor: 1 }, forward);
    case 'TransactWriteItems':
      return countWrites(meter, { writes: transactSchema.parse(input).TransactItems, factor: 2 }, forward);
    case 'GetItem':
    case 'Query':
      return countRead(meter, readSchema.parse(input).ConsistentRead, forward);
    case 'BatchGetItem':
      return countBatch(meter, batchSchema.parse(input).RequestItems, forward);
    default:
      throw new Error(`The meter does not know what ${operation} costs`);
  }
}

interface Writes {
  readonly writes: readonly Write[];
  /** A transaction costs twice; AWS does not say whether its index entries do, so here they do. */
  readonly factor: 1 | 2;
}

async function countWrites(meter: Meter, { writes, factor }: Writes, forward: () => Promise<object>) {
  const before = await readItems(meter, writes);
  try {
    return await forward();
  } finally {
    const after = await readItems(meter, writes);
    writes.forEach(({ TableName }, index) => {
      meter.write += factor * unitsOf(requireTable(meter, TableName), before[index], after[index]);
    });
  }
}

function unitsOf(table: TableDefinition, before: Item | undefined, after: Item | undefined): number {
  const tableKeys = namesOf(table.KeySchema);
  const indexUnits = table.GlobalSecondaryIndexes.map(({ KeySchema, Projection }) => {
    if (Projection.ProjectionType !== 'KEYS_ONLY') throw new Error('The meter knows indexes of keys only');
    const keys = namesOf(KeySchema);
    return indexWriteUnits({ keys, projected: [...tableKeys, ...keys] }, before, after);
  });
  return indexUnits.reduce((total, units) => total + units, writeUnits(before, after));
}

async function countRead(meter: Meter, isConsistent: boolean, forward: () => Promise<object>) {
  const output = await forward();
  const { Item, Items } = foundSchema.parse(output);
  meter.read += readUnits(Item === undefined ? Items : [Item], isConsistent);
  return output;
}

/** Each item is rounded up by itself, and one that is not there costs as much as the smallest. */
async function countBatch(
  meter: Meter,
  requested: z.infer<typeof batchSchema>['RequestItems'],
  forward: () => Promise<object>,
) {
  const output = await forward();
  const { Responses } = batchAnswerSchema.parse(output);
  for (const [table, { Keys, ConsistentRead }] of Object.entries(requested)) {
    const found = Responses[table] ?? [];
    const missing = Array.from({ length: Keys.length - found.length }, () => ({}));
    for (const item of [...found, ...missing]) meter.read += readUnits([item], ConsistentRead);
  }
  return output;
}

function readItems(meter: Meter, writes: readonly Write[]): Promise<(Item | undefined)[]> {
  return Promise.all(
    writes.map(async (write) => {
      const { TableName } = write;
      const Key = 'Key' in write ? write.Key : pick(write.Item, requireTable(meter, TableName));
      return foundSchema.parse(await send(meter.url, 'GetItem', { TableName, Key, ConsistentRead: true }))
        .Item;
    }),
  );
}

function pick(item: Item, { KeySchema }: TableDefinition): object {
  return Object.fromEntries(namesOf(KeySchema).map((name) => [name, item[name]]));
}

function namesOf(keys: TableDefinition['KeySchema']): string[] {
  return keys.map(({ AttributeName }) => AttributeName);
}

function requireTable({ tables }: Meter, name: string): TableDefinition {
  const table = tables.find(({ TableName }) => TableName === name);
  if (table === undefined) throw new Error(`There is no table ${name}`);
  return table;
}

const refusalSchema = z.looseObject({ __type: z.string(), message: z.string().default('') });

async function send(url: string, operation: string, input: unknown): Promise<object> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `DynamoDB_20120810.${operation}`,
    },
    body: JSON.stringify(input),
  });
  const body: unknown = await response.json();
  if (response.ok) return z.looseObject({}).parse(body);
  const { __type: type, message, ...details } = refusalSchema.parse(body);
  throw new AwsServiceError(type.slice(type.indexOf('#') + 1), message, details);
}
