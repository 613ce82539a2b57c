import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Failure } from '../../../shared/domain/job-progress.ts';
import type { Task } from '../../../shared/domain/task.ts';
import { newShortId } from '../../../shared/ids.ts';
import { hasKeptHold, type Resolution, resolutionOf, resolveTask } from '../../../shared/ledger/resolve.ts';
import { settleTask } from '../../../shared/ledger/settle.ts';
import { toVideoObject } from '../../../shared/ordering/video-object.ts';
import { countersOf, readSpending } from '../../../shared/storage/money-counters.ts';
import { requireTask } from '../../../shared/storage/task-store.ts';
import { everyDeath, mortalLedger, untilKilled } from '../../support/mortal.ts';
import { anOrder, placeTestOrder, readMonth } from '../../support/orders.ts';
import { placeSubmitUnknown } from '../../support/submit-unknown.ts';
import { startTables, type Tables } from '../../support/tables.ts';

const now = new Date('2026-03-04T10:00:00.000Z');
const price = 200_000;
const refusal: Failure = { code: 'content_rejected', message: 'Refused', charged: 'no' };

let tables: Tables;
let account: string;
beforeAll(async () => {
  tables = await startTables();
});
afterAll(() => tables.close());
beforeEach(() => {
  account = newShortId();
});

const read = ({ id }: Task) => requireTask(id, tables.tasks);
const resolve = (task: Task, resolution: Resolution, ledger = tables.ledger) =>
  resolveTask(task, { resolution, now }, ledger);

const submitUnknown = (keyId?: string) =>
  placeSubmitUnknown(tables, { account, ...(keyId !== undefined && { keyId }) });

describe('resolveTask', () => {
  it.each([
    [
      'captured',
      { committedMicroUsd: 0, spentMicroUsd: price },
      { chargeMicroUsd: price, failure: { charged: 'yes' } },
    ],
    [
      'released',
      { committedMicroUsd: 0, spentMicroUsd: 0 },
      { chargeMicroUsd: 0, failure: { charged: 'no' } },
    ],
  ] as const)('ends a kept hold as %s, once', async (resolution, month, row) => {
    const task = await submitUnknown();
    expect(hasKeptHold(task)).toBe(true);

    const outcomes = [await resolve(task, resolution), await resolve(task, resolution)];

    expect(outcomes).toEqual(['resolved', 'stale']);
    expect(await readMonth(tables, account)).toEqual(month);
    const resolved = await read(task);
    expect(resolved).toMatchObject({ state: 'failed', resolvedAt: now.toISOString(), ...row });
    expect(hasKeptHold(resolved)).toBe(false);
    expect(resolutionOf(resolved)).toBe(resolution);
  });

  it('books on every counter that the hold was booked on', async () => {
    const task = await submitUnknown('key_1');
    await resolve(task, 'captured');

    const counters = countersOf(task);
    expect(counters).toHaveLength(4);
    const table = { client: tables.client, tableName: 'accounts' };
    for (const counter of counters) {
      expect(await readSpending(table, counter)).toEqual({ committedMicroUsd: 0, spentMicroUsd: price });
    }
  });

  it('ends a hold of the first version, which was booked by month alone', async () => {
    const { holdDay, ...old } = await submitUnknown();
    expect(holdDay).toEqual(expect.any(String));

    expect(await resolve(old, 'released')).toBe('resolved');
    expect(await readMonth(tables, account)).toEqual({ committedMicroUsd: 0, spentMicroUsd: 0 });
  });

  it('books once when ten people resolve the same task, each as they please', async () => {
    const task = await submitUnknown();

    const outcomes = await Promise.all(
      Array.from({ length: 10 }, (_, index) => resolve(task, index % 2 === 0 ? 'captured' : 'released')),
    );

    expect(outcomes.filter((outcome) => outcome === 'resolved')).toHaveLength(1);
    const { chargeMicroUsd } = await read(task);
    expect(await readMonth(tables, account)).toEqual({ committedMicroUsd: 0, spentMicroUsd: chargeMicroUsd });
  });

  it.each(everyDeath(1))('books once when it dies $when its write and is done again', async (death) => {
    const task = await submitUnknown();

    expect(await untilKilled(resolve(task, 'captured', mortalLedger(tables.ledger, death)))).toBe('killed');
    await resolve(await read(task), 'captured');

    expect(await readMonth(tables, account)).toEqual({ committedMicroUsd: 0, spentMicroUsd: price });
  });

  it.each([
    ['is live', {}],
    ['was released when it ended', { failure: refusal }],
  ])('leaves a task alone that %s', async (_, ending) => {
    const task = await placeTestOrder(tables, { account });
    if ('failure' in ending) await settleTask({ ...task, ...ending }, now, tables.ledger);
    const before = [await read(task), await readMonth(tables, account)];

    expect(hasKeptHold(await read(task))).toBe(false);
    expect(await resolve(task, 'captured')).toBe('stale');
    expect([await read(task), await readMonth(tables, account)]).toEqual(before);
  });

  it('shows a released video as charged nothing', async () => {
    const task = await submitUnknown();
    const show = async () => {
      const context = { publicUrl: 'https://conch.test', now };
      return toVideoObject({ task: await read(task), request: anOrder().request }, context).gateway;
    };
    const before = await show();
    await resolve(task, 'released');

    expect(before).toMatchObject({ cost: { charged: null }, failure: { charged: 'unknown' } });
    expect(await show()).toMatchObject({
      cost: { charged: '0.00' },
      failure: { code: 'submit_unknown', charged: 'no' },
    });
  });
});
