import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { secondsAfter } from '../../../shared/clock.ts';
import type { Failure } from '../../../shared/domain/job-progress.ts';
import type { Attempt, Task } from '../../../shared/domain/task.ts';
import { newShortId } from '../../../shared/ids.ts';
import { acceptTask } from '../../../shared/ledger/accept.ts';
import { settleTask } from '../../../shared/ledger/settle.ts';
import { anOrder, placeTestOrder, readMonth } from '../../support/orders.ts';
import { startTables, type Tables } from '../../support/tables.ts';

const later = new Date('2026-03-02T10:04:00.000Z');
const result = {
  key: 'videos/x.mp4',
  bytes: 9,
  sha256: 'f'.repeat(64),
  width: 1280,
  height: 720,
  durationSeconds: 6,
};
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

const settle = (task: Task) => settleTask(task, later, tables.ledger);
const attempt = {
  number: 1,
  provider: 'piapi',
  nativeModel: 't2v-01',
  priceMicroUsd: 200_000,
  claimedAt: later.toISOString(),
  claimId: 'claim-1',
};

describe('acceptTask', () => {
  it('writes the task, its request and the hold together', async () => {
    const task = await placeTestOrder(tables, { account });

    expect(await tables.tasks.getTaskView(task.id)).toEqual({ task, request: anOrder().request });
    expect(await readMonth(tables, account)).toEqual({ committedMicroUsd: 200_000, spentMicroUsd: 0 });
  });

  it('returns the first task and holds nothing more when the same order comes again under its key', async () => {
    const first = await placeTestOrder(tables, { account, idempotencyKey: 'order-1' });

    const again = await acceptTask(anOrder({ account, idempotencyKey: 'order-1' }), tables.ledger);

    expect(again).toEqual({ kind: 'duplicate', task: first });
    expect(await readMonth(tables, account)).toMatchObject({ committedMicroUsd: 200_000 });
  });

  it('tells a mismatch when another order comes under the same key', async () => {
    await placeTestOrder(tables, { account, idempotencyKey: 'order-1' });

    const other = anOrder({ account, idempotencyKey: 'order-1', requestHash: 'another' });

    expect(await acceptTask(other, tables.ledger)).toEqual({ kind: 'mismatch' });
    expect(await readMonth(tables, account)).toMatchObject({ committedMicroUsd: 200_000 });
  });

  it('tells a mismatch when the id is the one of a task of another account', async () => {
    const theirs = await placeTestOrder(tables, { account: newShortId() });
    const mine = anOrder({ account });

    const outcome = await acceptTask({ ...mine, task: { ...mine.task, id: theirs.id } }, tables.ledger);

    expect(outcome).toEqual({ kind: 'mismatch' });
    expect(await tables.tasks.getTask(theirs.id)).toEqual(theirs);
  });

  it('accepts exactly one of 16 parallel orders with one key', async () => {
    const orders = Array.from({ length: 16 }, () => anOrder({ account, idempotencyKey: 'order-1' }));

    const outcomes = await Promise.all(orders.map((order) => acceptTask(order, tables.ledger)));

    expect(outcomes.filter(({ kind }) => kind === 'accepted')).toHaveLength(1);
    expect(outcomes.filter(({ kind }) => kind === 'duplicate')).toHaveLength(15);
    expect(await readMonth(tables, account)).toMatchObject({ committedMicroUsd: 200_000 });
  });
});

describe('settleTask', () => {
  it('captures the hold of a task whose video is archived', async () => {
    const task = await placeTestOrder(tables, { account });

    expect(await settle({ ...task, state: 'archiving', result })).toBe('settled');

    const settled = await tables.tasks.getTask(task.id);
    expect(settled).toMatchObject({
      state: 'completed',
      chargeMicroUsd: 200_000,
      completedAt: later.toISOString(),
    });
    expect(await readMonth(tables, account)).toEqual({ committedMicroUsd: 0, spentMicroUsd: 200_000 });
  });

  it('gives the hold back when the provider took nothing', async () => {
    const task = await placeTestOrder(tables, { account });

    await settle({ ...task, failure: refusal, attempts: [{ ...attempt, outcome: 'refused' }] });

    expect(await tables.tasks.getTask(task.id)).toMatchObject({
      state: 'failed',
      chargeMicroUsd: 0,
      failure: refusal,
    });
    expect(await readMonth(tables, account)).toEqual({ committedMicroUsd: 0, spentMicroUsd: 0 });
  });

  it('captures the hold when the provider charged and the archive was given up', async () => {
    const task = await placeTestOrder(tables, { account });

    const failure: Failure = { code: 'archive_failed', message: 'Given up', charged: 'yes' };
    await settle({ ...task, state: 'archiving', failure, attempts: [{ ...attempt, outcome: 'accepted' }] });

    expect(await tables.tasks.getTask(task.id)).toMatchObject({
      state: 'failed',
      chargeMicroUsd: 200_000,
      failure: { code: 'archive_failed', charged: 'yes' },
    });
    expect(await readMonth(tables, account)).toEqual({ committedMicroUsd: 0, spentMicroUsd: 200_000 });
  });

  it('keeps the hold, for review, when nobody knows whether the provider took the order', async () => {
    const task = await placeTestOrder(tables, { account });
    const failure: Failure = { code: 'submit_unknown', message: 'Unknown', charged: 'unknown' };

    await settle({ ...task, failure, attempts: [{ ...attempt, outcome: 'unknown' }] });

    const settled = await tables.tasks.getTask(task.id);
    expect(settled).toMatchObject({ state: 'failed', failure });
    expect(settled?.chargeMicroUsd).toBeUndefined();
    expect(await readMonth(tables, account)).toEqual({ committedMicroUsd: 200_000, spentMicroUsd: 0 });
  });

  it('has a job looked into that was named, and not found, before the task was given up', async () => {
    const { id } = await placeTestOrder(tables, { account, outboxName: 'sea' });
    const failure: Failure = { code: 'submit_unknown', message: 'Unknown', charged: 'unknown' };
    const unknown = { ...attempt, outcome: 'unknown', hintedJobId: 'job-7' };
    const task = await tables.tasks.amend(id, { set: { failure, attempts: [unknown], wake: 'then' } });
    if (task === 'stale') throw new Error('The task ended otherwise');

    expect(await settle(task)).toBe('settled');

    expect(await tables.tasks.getTask(id)).toMatchObject({
      state: 'failed',
      followUps: ['outbox', 'evidence'],
      evidence: { since: later.toISOString() },
      wake: later.toISOString(),
      nextDueAt: secondsAfter(later, 60),
    });
  });

  it('reads the row again when a job is named while the task is given up', async () => {
    const { id } = await placeTestOrder(tables, { account });
    const failure: Failure = { code: 'submit_unknown', message: 'Unknown', charged: 'unknown' };
    const unknown: Attempt = { ...attempt, outcome: 'unknown' };
    const task = await tables.tasks.amend(id, { set: { failure, attempts: [unknown] } });
    if (task === 'stale') throw new Error('The task ended otherwise');
    await tables.tasks.amend(id, { set: { 'attempts[0].hintedJobId': 'job-7' } });

    expect(await settle(task)).toBe('stale');
    expect(await tables.tasks.getTask(id)).toMatchObject({ state: 'accepted' });
  });

  it('books once when ten workers settle the same task', async () => {
    const task = await placeTestOrder(tables, { account });
    const archived: Task = { ...task, state: 'archiving', result };

    const outcomes = await Promise.all(Array.from({ length: 10 }, () => settle(archived)));

    expect(outcomes.filter((outcome) => outcome === 'settled')).toHaveLength(1);
    expect(await readMonth(tables, account)).toEqual({ committedMicroUsd: 0, spentMicroUsd: 200_000 });
  });

  it('never turns a completed task into a failed one', async () => {
    const task = await placeTestOrder(tables, { account });
    await settle({ ...task, state: 'archiving', result });

    expect(await settle({ ...task, failure: refusal })).toBe('stale');
    expect(await tables.tasks.getTask(task.id)).toMatchObject({ state: 'completed' });
  });

  it('refuses to end a task whose outcome is not known', async () => {
    const task = await placeTestOrder(tables, { account });

    await expect(settle(task)).rejects.toThrow('has no outcome');
  });

  it('books a task that was accepted on the last day of a month to that month', async () => {
    const task = await placeTestOrder(tables, { account, now: new Date('2026-01-31T23:59:59.000Z') });

    await settle({ ...task, state: 'archiving', result });

    expect(await readMonth(tables, account, '2026-01')).toEqual({
      committedMicroUsd: 0,
      spentMicroUsd: 200_000,
    });
  });
});
