import { describe, expect, it } from 'vitest';
import type { Attempt, Task } from '../../../shared/domain/task.ts';
import { createTaskFindings, type Period } from '../../../shared/ledger/reconcile-tasks.ts';
import { anOrder } from '../../support/orders.ts';

const period: Period = { since: '2026-03-01T02:15:00.000Z', at: '2026-03-02T02:15:00.000Z' };
const endedAt = '2026-03-01T12:00:00.000Z';

const anAttempt = (changes: Partial<Attempt> = {}): Attempt => ({
  number: 1,
  provider: 'piapi',
  nativeModel: 't2v-01',
  priceMicroUsd: 200_000,
  claimedAt: '2026-03-01T11:57:00.000Z',
  claimId: 'claim-1',
  outcome: 'accepted',
  ...changes,
});
const aTask = (changes: Partial<Task> = {}): Task => ({
  ...anOrder().task,
  attempts: [anAttempt()],
  completedAt: endedAt,
  ...changes,
});
const aVideo = (reportedCostMicroUsd: number, changes: Partial<Task> = {}) =>
  aTask({
    state: 'completed',
    chargeMicroUsd: 200_000,
    attempts: [anAttempt({ reportedCostMicroUsd })],
    ...changes,
  });
const aFailure = (charged: 'no' | 'yes' | 'unknown', changes: Partial<Task> = {}) =>
  aTask({
    state: 'failed',
    chargeMicroUsd: 0,
    failure: { code: 'generation_failed', message: 'No', charged },
    ...changes,
  });

function find(tasks: readonly Task[], within = period) {
  const found = createTaskFindings(within);
  for (const task of tasks) found.observe(task);
  return found.findings();
}

it('finds nothing where all is well', () => {
  const tasks = [aVideo(200_000), aFailure('no'), aTask({ state: 'processing', completedAt: undefined })];

  expect(find(tasks)).toEqual({ tasks: 3, unknown: [], pendingIds: [], uncharged: [], drift: [] });
});

describe('unknown', () => {
  it('is every task that keeps its hold, whenever it ended', () => {
    const kept = [
      aTask({ state: 'failed', completedAt: '2026-01-01T00:00:00.000Z' }),
      aTask({ state: 'failed', completedAt: '2026-03-02T02:15:01.000Z' }),
    ];

    expect(find([...kept, aFailure('unknown')]).unknown).toEqual(kept);
  });
});

describe('price drift', () => {
  it('adds up what each native model of a provider cost by both words, and names the tasks that differ', () => {
    const kie = { provider: 'kie', nativeModel: '02' };
    const tasks = [
      aVideo(250_000),
      aVideo(200_000),
      aVideo(150_000, { attempts: [anAttempt({ ...kie, reportedCostMicroUsd: 150_000 })] }),
      aVideo(1, { attempts: [anAttempt({ nativeModel: 'i2v-01', reportedCostMicroUsd: 200_000 })] }),
    ];

    expect(find(tasks).drift).toEqual([
      {
        provider: 'piapi',
        nativeModel: 't2v-01',
        attempts: 2,
        differing: 1,
        oursMicroUsd: 400_000,
        reportedMicroUsd: 450_000,
        taskIds: [tasks[0]?.id],
      },
      {
        ...kie,
        attempts: 1,
        differing: 1,
        oursMicroUsd: 200_000,
        reportedMicroUsd: 150_000,
        taskIds: [tasks[2]?.id],
      },
    ]);
  });

  it('tells of amounts that differ also where they make up for each other', () => {
    expect(find([aVideo(250_000), aVideo(150_000)]).drift).toMatchObject([
      { attempts: 2, differing: 2, oursMicroUsd: 400_000, reportedMicroUsd: 400_000 },
    ]);
  });

  it('counts a cost of zero as reported', () => {
    expect(find([aVideo(0)]).drift).toMatchObject([{ attempts: 1, reportedMicroUsd: 0 }]);
  });

  it('names ten tasks at most', () => {
    const [drift] = find(Array.from({ length: 12 }, () => aVideo(1))).drift;

    expect(drift?.differing).toBe(12);
    expect(drift?.taskIds).toHaveLength(10);
  });
});

describe('uncharged', () => {
  const evidence = { since: '2026-03-01T01:00:00.000Z' };
  const reported = { attempts: [anAttempt({ reportedCostMicroUsd: 190_000 })] };

  it.each([
    ['a failure that may have been charged', aFailure('unknown'), 'charged_unknown', undefined],
    ['a failure that was charged, by its own word', aFailure('yes'), 'charged_yes', undefined],
    ['a released task of which a cost was reported', aFailure('no', reported), 'cost_reported', 190_000],
    [
      'a canceled one too',
      aTask({ state: 'canceled', chargeMicroUsd: 0, ...reported }),
      'cost_reported',
      190_000,
    ],
    [
      'a hold that a person released, although its job turned up with a cost',
      aFailure('no', { ...reported, completedAt: '2026-01-01T00:00:00.000Z', resolvedAt: endedAt }),
      'cost_reported',
      190_000,
    ],
    [
      'a released hold whose job turned up and made a video',
      aFailure('no', { result: { key: 'k', bytes: 1, sha256: 'f' } }),
      'video_made',
      undefined,
    ],
    [
      'a released hold whose job turned up and was charged, although it failed',
      aFailure('no', {
        evidence: { ...evidence, failure: { code: 'generation_failed', message: 'No', charged: 'yes' } },
      }),
      'charged_yes',
      undefined,
    ],
  ] as const)('is %s', (_, task, reason, reportedMicroUsd) => {
    expect(find([task]).uncharged).toEqual([{ task, reason, reportedMicroUsd }]);
  });

  it.each([
    ['a failure that is free', aFailure('no')],
    ['a failure that was charged', aFailure('yes', { chargeMicroUsd: 200_000 })],
    [
      'a free failure that is reported to have been free',
      aFailure('no', { attempts: [anAttempt({ reportedCostMicroUsd: 0 })] }),
    ],
    ['an order for nothing', aFailure('yes', { holdMicroUsd: 0 })],
    ['a hold that is kept', aTask({ state: 'failed', ...reported })],
  ])('is not %s', (_, task) => {
    expect(find([task]).uncharged).toEqual([]);
  });
});

describe('the period', () => {
  const at = (completedAt: string) =>
    aFailure('unknown', { completedAt, attempts: [anAttempt({ reportedCostMicroUsd: 1 })] });

  it.each([
    [period.since, 0],
    ['2026-03-01T02:15:00.001Z', 1],
    [period.at, 1],
    ['2026-03-02T02:15:00.001Z', 0],
  ])('of a task that ended at %s counts it %i times', (completedAt, times) => {
    const { uncharged, drift } = find([at(completedAt ?? '')]);

    expect([uncharged.length, drift.length]).toEqual([times, times]);
  });

  it.each([
    ['2026-02-28T18:14:59.000Z', 0],
    ['2026-02-28T18:15:01.000Z', 1],
    ['2026-03-01T18:15:00.000Z', 1],
    ['2026-03-01T18:15:01.000Z', 0],
  ])('waits eight hours for what comes of a job that turned up at %s', (since, times) => {
    const late = aFailure('no', {
      completedAt: '2026-02-20T00:00:00.000Z',
      resolvedAt: '2026-02-20T12:00:00.000Z',
      evidence: { since },
      attempts: [anAttempt({ outcome: 'unknown', reportedCostMicroUsd: 1 })],
    });

    expect(find([late]).uncharged).toHaveLength(times);
  });

  it('counts a task that was completed after its hold was captured when it was completed', () => {
    const published = aVideo(1, { resolvedAt: '2026-02-20T12:00:00.000Z', completedAt: endedAt });

    expect(find([published]).drift).toHaveLength(1);
  });

  it('is all that is read when there was no reconciliation before', () => {
    const found = find([at('2026-01-01T00:00:00.000Z')], { since: undefined, at: period.at });

    expect(found.uncharged).toHaveLength(1);
  });
});
