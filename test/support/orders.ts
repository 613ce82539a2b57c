import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { Offer } from '../../shared/domain/offer.ts';
import type { Task } from '../../shared/domain/task.ts';
import type { VideoRequest } from '../../shared/domain/video-request.ts';
import { acceptTask, newTask } from '../../shared/ledger/accept.ts';
import { countersOf, monthKey, readSpending } from '../../shared/storage/money-counters.ts';
import type { Tables } from './tables.ts';

export function anOffer(overrides: Partial<Offer> = {}): Offer {
  return {
    provider: 'piapi',
    model: 'hailuo-01',
    operation: 't2v',
    nativeModel: 't2v-01',
    isOfficial: false,
    aliases: [],
    variants: [
      { seconds: 6, resolution: '720P', size: '1280x720', priceMicroUsd: 200_000, isPriceAssumed: false },
    ],
    prompt: { isRequired: true, maxLength: 2000 },
    supports: { promptOptimizer: [true, false], seed: false, negativePrompt: false, aspectRatios: [] },
    hasCallback: true,
    typicalSeconds: 180,
    ...overrides,
  };
}

export interface OrderOverrides {
  readonly account?: string;
  readonly offer?: Partial<Offer>;
  readonly request?: Partial<VideoRequest>;
  readonly requestHash?: string;
  readonly now?: Date;
  readonly idempotencyKey?: string;
  readonly keyId?: string;
  readonly isKeyCounted?: boolean;
  readonly outboxName?: string;
}

export function anOrder({ account = 'acme', offer, request, ...input }: OrderOverrides = {}) {
  const bought = anOffer(offer);
  const full: VideoRequest = { model: bought.model, prompt: 'A lighthouse at dusk', ...request };
  const task = newTask({
    account,
    priced: { offer: bought, variant: bought.variants[0] },
    request: full,
    requestHash: 'hash-of-the-request',
    now: new Date('2026-03-02T10:00:00.000Z'),
    ...input,
  });
  return { task, request: full };
}

/** Accepts an order and returns its task. */
export async function placeTestOrder(tables: Tables, overrides: OrderOverrides = {}): Promise<Task> {
  const outcome = await acceptTask(anOrder(overrides), tables.ledger);
  if (outcome.kind !== 'accepted') throw new Error(`The order was not accepted: ${outcome.kind}`);
  return outcome.task;
}

/** The month's counters, with nothing as zero. */
export async function readMonth(tables: Tables, account: string, month = '2026-03') {
  const { Item } = await tables.client.send(
    new GetItemCommand({ TableName: 'accounts', Key: monthKey(account, month), ConsistentRead: true }),
  );
  const { committedMicroUsd = 0, spentMicroUsd = 0 } = Item === undefined ? {} : unmarshall(Item);
  return { committedMicroUsd, spentMicroUsd };
}

/** Every counter of a task by its period and owner, such as `month account`. */
export async function readCounters(tables: Tables, task: Task) {
  const table = { client: tables.client, tableName: 'accounts' };
  const entries = countersOf(task).map(async (counter) => {
    const { committedMicroUsd, spentMicroUsd } = await readSpending(table, counter);
    return [`${counter.period} ${counter.owner}`, [committedMicroUsd, spentMicroUsd]] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

/** How many orders ended in which way. */
export async function countKinds(
  orders: readonly Promise<{ readonly kind: string }>[],
): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { kind } of await Promise.all(orders)) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}
