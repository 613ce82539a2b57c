import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemClock } from '../../../shared/clock.ts';
import type { StepInput } from '../../../shared/domain/workflow-state.ts';
import { newTaskId } from '../../../shared/ids.ts';
import { acceptTask } from '../../../shared/ledger/accept.ts';
import { createSafeFetch } from '../../../shared/media/safe-fetch.ts';
import { hashOrder } from '../../../shared/ordering/hash-order.ts';
import { parseOrder } from '../../../shared/ordering/parse-order.ts';
import { type OrderingDependencies, placeOrder } from '../../../shared/ordering/place-order.ts';
import { createMediaStore } from '../../../shared/storage/media-store.ts';
import { startMediaBucket } from '../../support/media-bucket.ts';
import { anOffer, anOrder, readMonth } from '../../support/orders.ts';
import { startTables, type Tables } from '../../support/tables.ts';

let tables: Tables;
beforeAll(async () => {
  tables = await startTables();
});
afterAll(() => tables.close());

const month = new Date().toISOString().slice(0, 7);
const parsed = parseOrder({ prompt: 'A lighthouse at dusk' });

async function dependencies(overrides: Partial<OrderingDependencies> = {}) {
  const started: StepInput[] = [];
  const startExecution = async (input: StepInput) => {
    started.push(input);
  };
  const context: OrderingDependencies = {
    offers: [anOffer()],
    tasks: tables.tasks,
    fingerprints: tables.fingerprints,
    standings: tables.standings,
    ledger: tables.ledger,
    media: createMediaStore(await startMediaBucket()),
    safeFetch: createSafeFetch({ trustedOrigins: [] }),
    trustedOrigins: [],
    clock: systemClock,
    startExecution,
    ...overrides,
  };
  return { context, started };
}

it('accepts a task whose execution does not start: the sweeper will start it', async () => {
  const startExecution = async () => {
    throw new Error('Step Functions is down');
  };
  const { context } = await dependencies({ startExecution });

  const { task } = await placeOrder({ account: 'acme', parsed }, context);

  expect(await tables.tasks.getTask(task.id)).toMatchObject({ state: 'accepted', run: 1 });
});

it('pain 1: buys one video when the same order comes several times at once under one key', async () => {
  const { context, started } = await dependencies();
  const order = { account: 'retrier', parsed, idempotencyKey: 'k' };

  const views = await Promise.all(Array.from({ length: 5 }, () => placeOrder(order, context)));

  expect(new Set(views.map(({ task }) => task.id)).size).toBe(1);
  expect(started).toHaveLength(1);
  expect(await readMonth(tables, 'retrier', month)).toMatchObject({ committedMicroUsd: 200_000 });
});

it('answers a repeat from what was accepted, even after the offer is gone', async () => {
  const { context } = await dependencies();
  const order = { account: 'acme', parsed, idempotencyKey: 'gone' };
  const first = await placeOrder(order, context);

  const again = await placeOrder(order, { ...context, offers: [] });

  expect(again).toEqual(first);
});

it('does not answer with a task of another account that holds the id of an idempotency key', async () => {
  const { context } = await dependencies();
  const theirs = anOrder({ account: 'rival', requestHash: hashOrder(parsed.draft) });
  const task = { ...theirs.task, id: newTaskId('acme', 'taken') };
  await acceptTask({ ...theirs, task }, tables.ledger);

  const order = placeOrder({ account: 'acme', parsed, idempotencyKey: 'taken' }, context);

  await expect(order).rejects.toMatchObject({ code: 'idempotency_mismatch' });
});

it('writes into the request what the chosen offer fills in', async () => {
  const { context } = await dependencies();

  const { task } = await placeOrder({ account: 'acme', parsed, outboxName: 'a/b' }, context);

  const stored = await tables.tasks.getTaskView(task.id);
  expect(stored?.request).toMatchObject({ seconds: 6, resolution: '720P' });
  expect(stored?.task).toMatchObject({ outboxName: 'a/b', provider: 'piapi', holdMicroUsd: 200_000 });
  expect(stored?.task).toMatchObject({ seconds: 6, resolution: '720P', size: '1280x720' });
});
