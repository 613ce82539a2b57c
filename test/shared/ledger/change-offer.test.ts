import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { secondsAfter } from '../../../shared/clock.ts';
import type { Failure } from '../../../shared/domain/job-progress.ts';
import type { Offer, OfferVariant } from '../../../shared/domain/offer.ts';
import type { Task } from '../../../shared/domain/task.ts';
import { newShortId } from '../../../shared/ids.ts';
import { changeOffer } from '../../../shared/ledger/change-offer.ts';
import { settleTask } from '../../../shared/ledger/settle.ts';
import { anOffer, placeTestOrder, readMonth } from '../../support/orders.ts';
import { startTables, type Tables } from '../../support/tables.ts';

const now = new Date('2026-03-02T10:00:05.000Z');
const attempt = {
  number: 1,
  provider: 'piapi',
  nativeModel: 't2v-01',
  priceMicroUsd: 200_000,
  claimedAt: now.toISOString(),
  claimId: 'claim-1',
};
const failure: Failure = { code: 'provider_balance', message: 'Empty', charged: 'no' };

let tables: Tables;
let account: string;
beforeAll(async () => {
  tables = await startTables();
});
afterAll(() => tables.close());
beforeEach(() => {
  account = newShortId();
});

function pricedAt(priceMicroUsd: number, variant: Partial<OfferVariant> = {}, offer: Partial<Offer> = {}) {
  const bought = { seconds: 6, priceMicroUsd, isPriceAssumed: false, ...variant };
  return {
    offer: anOffer({ provider: 'cloudsway', nativeModel: 'other', variants: [bought], ...offer }),
    variant: bought,
  };
}
const change = (task: Task, priceMicroUsd = 250_000) =>
  changeOffer(task, { priced: pricedAt(priceMicroUsd), now }, tables.ledger);
const read = async ({ id }: Task) => {
  const task = await tables.tasks.getTask(id);
  if (task === undefined) throw new Error('The task is gone');
  return task;
};

/** A task whose only attempt was turned down, in the state in which it was. */
async function turnedDown(state: 'submitting' | 'processing' = 'submitting'): Promise<Task> {
  const task = await placeTestOrder(tables, { account });
  const written = await tables.tasks.transition(task.id, {
    from: ['accepted'],
    to: state,
    set: { attempts: [{ ...attempt, failure }], looks: 3, deadlineAt: now.toISOString(), queuedAt: 'then' },
  });
  if (written === 'stale') throw new Error('The task was not turned down');
  return written;
}

describe('changeOffer', () => {
  it.each(['submitting', 'processing'] as const)(
    'brings a task that was turned down while it was %s back to its beginning, at the other offer',
    async (state) => {
      const task = await turnedDown(state);

      expect(await change(task)).toBe('changed');

      const { deadlineAt: _deadline, queuedAt: _queue, size: _size, resolution: _tier, ...kept } = task;
      expect(await read(task)).toEqual({
        ...kept,
        state: 'accepted',
        provider: 'cloudsway',
        nativeModel: 'other',
        holdMicroUsd: 250_000,
        looks: 0,
        nextDueAt: secondsAfter(now, 60),
      });
    },
  );

  it.each([
    ['dearer', 250_000],
    ['equally dear', 200_000],
    ['cheaper', 90_000],
  ])('holds exactly what a %s offer costs', async (_, price) => {
    await placeTestOrder(tables, { account });
    const task = await turnedDown();

    await change(task, price);

    expect((await read(task)).holdMicroUsd).toBe(price);
    expect(await readMonth(tables, account)).toEqual({
      committedMicroUsd: 200_000 + price,
      spentMicroUsd: 0,
    });
  });

  it('books in the month in which the task was accepted, whatever month it is', async () => {
    const task = await turnedDown();

    await changeOffer(
      task,
      { priced: pricedAt(250_000), now: new Date('2026-04-01T00:00:00.000Z') },
      tables.ledger,
    );

    expect(await readMonth(tables, account)).toMatchObject({ committedMicroUsd: 250_000 });
    expect(await readMonth(tables, account, '2026-04')).toMatchObject({ committedMicroUsd: 0 });
  });

  it('says what the new variant says of its length and size, and nothing else', async () => {
    const task = await turnedDown();
    const variant = { seconds: undefined, resolution: '768P', size: '1366x768' } as const;
    const { seconds: _none, ...bought } = { ...pricedAt(1).variant, ...variant };

    await changeOffer(task, { priced: { ...pricedAt(1), variant: bought }, now }, tables.ledger);

    const changed = await read(task);
    expect(changed).toMatchObject({ resolution: '768P', size: '1366x768' });
    expect(changed).not.toHaveProperty('seconds');
  });

  it.each([
    ['was sent again', { set: { attempts: [attempt, { ...attempt, number: 2 }] } }],
    ['failed', { set: { failure } }],
    ['got its video', { set: { result: { key: 'k', bytes: 1, sha256: 'f' } } }],
    ['moved to another provider', { set: { provider: 'haiper' } }],
    ['has another hold', { set: { holdMicroUsd: 1 } }],
    ['goes on', { set: { state: 'processing' } }],
  ])('changes nothing, no money either, when the task %s meanwhile', async (_, meanwhile) => {
    const task = await turnedDown();
    await tables.tasks.amend(task.id, meanwhile);
    const before = await read(task);

    expect(await change(task)).toBe('stale');

    expect(await read(task)).toEqual(before);
    expect(await readMonth(tables, account)).toMatchObject({ committedMicroUsd: 200_000 });
  });

  it('changes once, and holds one price, when ten workers change it at once', async () => {
    const task = await turnedDown();

    const outcomes = await Promise.all(
      Array.from({ length: 10 }, (_, number) => change(task, 210_000 + number)),
    );

    expect(outcomes.filter((outcome) => outcome === 'changed')).toHaveLength(1);
    const { holdMicroUsd } = await read(task);
    expect(await readMonth(tables, account)).toMatchObject({ committedMicroUsd: holdMicroUsd });
  });

  it('never touches a task that ended', async () => {
    const task = await turnedDown();
    await settleTask({ ...task, failure }, now, tables.ledger);

    expect(await change(task)).toBe('stale');
    expect(await read(task)).toMatchObject({ state: 'failed', provider: 'piapi' });
    expect(await readMonth(tables, account)).toEqual({ committedMicroUsd: 0, spentMicroUsd: 0 });
  });
});
