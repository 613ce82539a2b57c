import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { secondsAfter } from '../../../shared/clock.ts';
import { expiryAfter } from '../../../shared/domain/retention.ts';
import type { Task } from '../../../shared/domain/task.ts';
import { newShortId } from '../../../shared/ids.ts';
import { publishTask } from '../../../shared/ledger/publish.ts';
import { hasKeptHold, type Resolution, resolutionOf, resolveTask } from '../../../shared/ledger/resolve.ts';
import { toTaskEvents } from '../../../shared/ordering/task-events.ts';
import { toVideoObject } from '../../../shared/ordering/video-object.ts';
import { requireTask } from '../../../shared/storage/task-store.ts';
import { archivedResult, changeEnded, placeArchivedEvidence, placeLateJob } from '../../support/late-job.ts';
import { everyDeath, mortalLedger, untilKilled } from '../../support/mortal.ts';
import { anOrder, readCounters, readMonth } from '../../support/orders.ts';
import { startTables, type Tables } from '../../support/tables.ts';

const now = new Date('2026-03-04T10:00:00.000Z');
const price = 200_000;
const captured = { committedMicroUsd: 0, spentMicroUsd: price };

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

describe('resolveTask of a task whose late video is archived', () => {
  it('charges once and publishes nothing, now or later, when the file is gone', async () => {
    const task = await placeArchivedEvidence(tables, { account });
    const resolving = { resolution: 'captured', now, isFilmGone: true } as const;

    const outcomes = [
      await resolveTask(task, resolving, tables.ledger),
      await resolveTask(task, resolving, tables.ledger),
    ];

    expect(outcomes).toEqual(['resolved', 'stale']);
    expect(await readMonth(tables, account)).toEqual(captured);
    const resolved = await read(task);
    expect(resolved).toMatchObject({ state: 'failed', failure: { charged: 'yes' }, chargeMicroUsd: price });
    expect(resolved.result).toBeUndefined();
    expect(await publishTask(resolved, now, tables.ledger)).toBe('stale');
  });

  it.each([
    ['is closed', { followUps: [] }],
    ['is still to be closed', {}],
  ])('publishes it with the charge when it is captured and the evidence %s', async (_, row) => {
    await tables.accounts.createAccount(account, now, { retentionDays: 90 });
    const archived = await placeArchivedEvidence(tables, { account, keyId: 'key_1' });
    const task = await changeEnded(tables, archived, { ...row, wake: 'then' });

    const outcomes = [await resolve(task, 'captured'), await resolve(await read(task), 'captured')];

    expect(outcomes).toEqual(['published', 'stale']);
    const { failure, wake, ...kept } = task;
    const { failure: submitUnknown, ...attempt } = task.attempts[0] ?? {};
    expect(await read(task)).toEqual({
      ...kept,
      state: 'completed',
      attempts: [{ ...attempt, outcome: 'accepted' }],
      chargeMicroUsd: price,
      resolvedAt: now.toISOString(),
      completedAt: now.toISOString(),
      expiresAt: expiryAfter(now, 90),
      nextDueAt: expiryAfter(now, 90),
      followUps: [],
    });
    expect([failure, wake, submitUnknown]).not.toContain(undefined);
    const counters = Object.values(await readCounters(tables, task));
    expect(counters).toEqual(Array.from({ length: 4 }, () => [0, price]));
    expect(resolutionOf(await read(task))).toBe('captured');
  });

  it('has the outbox of a dropped order answered at once, and what else is left done', async () => {
    const archived = await placeArchivedEvidence(tables, { account, outboxName: 'sea' });
    const task = await changeEnded(tables, archived, { followUps: ['lease', 'outbox', 'evidence'] });

    await resolve(task, 'captured');

    expect(await read(task)).toMatchObject({ followUps: ['lease', 'outbox'], nextDueAt: now.toISOString() });
  });

  it('publishes nothing when it is released, and leaves the evidence to read', async () => {
    const task = await placeArchivedEvidence(tables, { account });

    expect(await resolve(task, 'released')).toBe('resolved');

    expect(await read(task)).toMatchObject({
      state: 'failed',
      failure: { code: 'submit_unknown', charged: 'no' },
      result: archivedResult,
      attempts: [{ jobId: 'job-7', reportedCostMicroUsd: 180_000 }],
    });
    expect(await readMonth(tables, account)).toEqual({ committedMicroUsd: 0, spentMicroUsd: 0 });
  });

  it('books once when ten people resolve it, each as they please', async () => {
    const task = await placeArchivedEvidence(tables, { account });

    const outcomes = await Promise.all(
      Array.from({ length: 10 }, (_, index) => resolve(task, index % 2 === 0 ? 'captured' : 'released')),
    );

    expect(outcomes.filter((outcome) => outcome !== 'stale')).toHaveLength(1);
    const { state, chargeMicroUsd } = await read(task);
    expect(state).toBe(chargeMicroUsd === price ? 'completed' : 'failed');
    expect(await readMonth(tables, account)).toEqual({ committedMicroUsd: 0, spentMicroUsd: chargeMicroUsd });
  });

  it.each(everyDeath(1))('publishes once when it dies $when its write and is done again', async (death) => {
    const task = await placeArchivedEvidence(tables, { account });

    expect(await untilKilled(resolve(task, 'captured', mortalLedger(tables.ledger, death)))).toBe('killed');
    await resolve(await read(task), 'captured');

    expect(await read(task)).toMatchObject({ state: 'completed', chargeMicroUsd: price });
    expect(await readMonth(tables, account)).toEqual(captured);
  });

  it('writes nothing when the video was archived since the row was read, so that it is published next', async () => {
    const before = await placeLateJob(tables, { account, row: { 'attempts[0].jobId': 'job-7' } });
    await changeEnded(tables, before, { result: archivedResult });

    expect(await resolve(before, 'captured')).toBe('stale');
    expect(hasKeptHold(await read(before))).toBe(true);
    expect(await resolve(await read(before), 'captured')).toBe('published');
  });

  it('writes nothing when what is left to do is not what was read', async () => {
    const task = await placeArchivedEvidence(tables, { account });
    await changeEnded(tables, task, { followUps: ['lease', 'evidence'] });

    expect(await resolve(task, 'captured')).toBe('stale');
    expect(await readMonth(tables, account)).toEqual({ committedMicroUsd: price, spentMicroUsd: 0 });
  });

  it('shows its customer a completed video, and when its hold was captured', async () => {
    const task = await placeArchivedEvidence(tables, { account });
    await resolve(task, 'captured');
    const row = await read(task);

    const later = new Date(secondsAfter(now, 60));
    const context = { publicUrl: 'https://conch.test', now: later };
    const video = toVideoObject({ task: row, request: anOrder().request }, context);

    expect(video).toMatchObject({
      status: 'completed',
      error: null,
      size: '1280x720',
      gateway: {
        attempts: [{ outcome: 'accepted', job_id: 'job-7', reported: '0.18', error: null }],
        cost: { charged: '0.20', hold: 'captured' },
        result: { bytes: 4 },
      },
    });
    expect(toTaskEvents(row).map(({ type }) => type)).toEqual([
      'accepted',
      'attempt.claimed',
      'attempt.accepted',
      'resolved',
      'completed',
    ]);
  });
});

describe('publishTask', () => {
  /** Captured while its job was still looked for. */
  async function capturedFirst(): Promise<Task> {
    const task = await placeLateJob(tables, { account });
    expect(await resolve(task, 'captured')).toBe('resolved');
    return changeEnded(tables, task, { 'attempts[0].jobId': 'job-7', result: archivedResult });
  }

  it('completes what was captured before, once, and moves no money', async () => {
    const task = await capturedFirst();

    const outcomes = await Promise.all(
      Array.from({ length: 5 }, () => publishTask(task, now, tables.ledger)),
    );

    expect(outcomes.toSorted()).toEqual(['published', 'stale', 'stale', 'stale', 'stale']);
    expect(await read(task)).toMatchObject({ state: 'completed', expiresAt: expiryAfter(now, 30) });
    expect(await readMonth(tables, account)).toEqual(captured);
  });

  it('publishes nothing of which the hold is kept, or was released', async () => {
    const kept = await placeArchivedEvidence(tables, { account });
    const released = await placeArchivedEvidence(tables, { account });
    await resolve(released, 'released');

    const outcomes = [
      await publishTask(kept, now, tables.ledger),
      await publishTask(await read(released), now, tables.ledger),
    ];

    expect(outcomes).toEqual(['stale', 'stale']);
    expect((await read(kept)).state).toBe('failed');
    expect((await read(released)).state).toBe('failed');
  });
});
