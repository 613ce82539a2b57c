import { setTimeout as sleep } from 'node:timers/promises';
import { BatchGetItemCommand, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { type GenerationTimes, generationTimesSchema } from '../domain/generation-times.ts';
import { freshStanding, type Standing, standingSchema } from '../domain/standing.ts';
import { type Item, isConditionFailure } from './task-items.ts';
import type { TaskTable } from './task-store.ts';
import { toUpdateParts } from './update-expression.ts';

/** Many executions may change the same standing at once; each loses a few races at most. */
const maxTries = 50;
const maxDelayMs = 50;

/** How an account stands at its provider, with the generation times that were learned there, by offer. */
export interface ProviderRecord {
  readonly standing: Standing;
  readonly times: ReadonlyMap<string, GenerationTimes>;
}

export interface StandingStore {
  /** Read consistently. */
  get(provider: string): Promise<ProviderRecord>;
  /** As it was lately: for what changes slowly. */
  recall(provider: string): Promise<ProviderRecord>;
  /** A moment old at most. */
  list(providers: readonly string[]): Promise<ReadonlyMap<string, ProviderRecord>>;
  /**
   * Changes the standing as it is at the moment of writing; `change` returns nothing where nothing is to be
   * done, and may be called again when somebody else was faster. Returns the standing afterwards.
   */
  update(provider: string, change: (standing: Standing) => Standing | undefined): Promise<Standing>;
  /** Replaces the generation times of an offer. Of two at once one is lost, which harms nobody. */
  putTimes(provider: string, offerKey: string, times: GenerationTimes): Promise<void>;
}

const timesPrefix = 'times ';

export function createStandingStore(table: TaskTable): StandingStore {
  return {
    get: (provider) => getRecord(table, provider),
    recall: (provider) => getRecord(table, provider),
    list: (providers) => listRecords(table, providers),
    update: (provider, change) => updateStanding(table, provider, change),
    async putTimes(provider, offerKey, times) {
      await table.client.send(
        new UpdateItemCommand({
          TableName: table.tableName,
          Key: standingKey(provider),
          UpdateExpression: 'SET #times = :times',
          ExpressionAttributeNames: { '#times': timesPrefix + offerKey },
          ExpressionAttributeValues: marshall({ ':times': times }),
        }),
      );
    },
  };
}

function standingKey(provider: string): Item {
  return marshall({ pk: `PROVIDER#${provider}`, sk: 'STANDING' });
}

async function getRecord({ client, tableName }: TaskTable, provider: string): Promise<ProviderRecord> {
  const { Item } = await client.send(
    new GetItemCommand({ TableName: tableName, Key: standingKey(provider), ConsistentRead: true }),
  );
  return toRecord(Item);
}

async function listRecords(
  { client, tableName }: TaskTable,
  providers: readonly string[],
): Promise<ReadonlyMap<string, ProviderRecord>> {
  if (providers.length === 0) return new Map();
  const { Responses } = await client.send(
    new BatchGetItemCommand({ RequestItems: { [tableName]: { Keys: providers.map(standingKey) } } }),
  );
  const items = Responses?.[tableName] ?? [];
  return new Map(
    providers.map((provider) => {
      const { pk } = standingKey(provider);
      return [provider, toRecord(items.find((item) => item['pk']?.S === pk?.S))];
    }),
  );
}

function toRecord(item: Item | undefined): ProviderRecord {
  if (item === undefined) return { standing: freshStanding, times: new Map() };
  const attributes = unmarshall(item);
  const times = Object.entries(attributes).flatMap(([name, value]) => {
    const parsed = name.startsWith(timesPrefix) ? generationTimesSchema.safeParse(value) : undefined;
    return parsed?.success ? [[name.slice(timesPrefix.length), parsed.data] as const] : [];
  });
  return { standing: standingSchema.parse(attributes), times: new Map(times) };
}

async function updateStanding(
  table: TaskTable,
  provider: string,
  change: (standing: Standing) => Standing | undefined,
): Promise<Standing> {
  for (let tries = 1; ; tries += 1) {
    const { standing } = await getRecord(table, provider);
    const changed = change(standing);
    if (changed === undefined || changed === standing) return standing;
    const next = { ...changed, version: standing.version + 1 };
    if (await replace(table, provider, { from: standing, to: next })) return next;
    if (tries >= maxTries) throw new Error(`The standing of ${provider} is changed by too many at once`);
    await sleep(Math.random() * maxDelayMs);
  }
}

interface Replacement {
  readonly from: Standing;
  readonly to: Standing;
}

/** False when somebody else changed it since it was read. */
async function replace(
  { client, tableName }: TaskTable,
  provider: string,
  { from, to }: Replacement,
): Promise<boolean> {
  const kept = new Set(Object.keys(to));
  const remove = Object.keys(from).filter((name) => !kept.has(name));
  const parts = toUpdateParts(
    { set: to, remove },
    { text: 'attribute_not_exists({version}) OR {version} = :read', values: { ':read': from.version } },
  );
  try {
    await client.send(new UpdateItemCommand({ TableName: tableName, Key: standingKey(provider), ...parts }));
    return true;
  } catch (error) {
    if (isConditionFailure(error)) return false;
    throw error;
  }
}
