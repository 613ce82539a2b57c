import { describe, expect, it } from 'vitest';
import type { Failure } from '../../../shared/domain/job-progress.ts';
import type { Attempt, Task } from '../../../shared/domain/task.ts';
import { compareBalance, createExpectedCosts } from '../../../shared/ledger/reconcile-balances.ts';
import { anOrder } from '../../support/orders.ts';

const from = { microUsd: 10_000_000, at: '2026-03-02T02:00:00.000Z' };
const to = { microUsd: 9_000_000, at: '2026-03-03T02:00:00.000Z' };
const windows = new Map([['piapi', { from, to }]]);

/** On the day before the window, within it, and on the day after. */
const [before, within, later, after] = [
  '2026-03-01T10:00:00.000Z',
  '2026-03-02T10:00:00.000Z',
  '2026-03-02T10:03:00.000Z',
  '2026-03-03T10:00:00.000Z',
];
const anAttempt = (changes: Partial<Attempt> = {}): Attempt => ({
  number: 1,
  provider: 'piapi',
  nativeModel: 't2v-01',
  priceMicroUsd: 200_000,
  claimedAt: within,
  claimId: 'claim-1',
  outcome: 'accepted',
  ...changes,
});
const aFailure = (charged: Failure['charged']): Failure => ({
  code: 'generation_failed',
  message: 'No',
  charged,
});

interface Life {
  readonly start: string;
  readonly end?: string | undefined;
  readonly attempt?: Partial<Attempt>;
  readonly task?: Partial<Task>;
}

/** A task whose only job lived from `start` to `end`, and on while there is none. */
function aTask({ start, end, attempt = {}, task = {} }: Life): Task {
  const ended = end === undefined ? {} : { archivingAt: end, completedAt: end };
  return { ...anOrder().task, attempts: [anAttempt({ claimedAt: start, ...attempt })], ...ended, ...task };
}

function costOf(tasks: readonly Task[]) {
  const costs = createExpectedCosts(windows);
  for (const task of tasks) costs.observe(task);
  return costs.costOf('piapi');
}

const none = { jobs: 0, microUsd: 0, uncertainJobs: 0, leastMicroUsd: 0, mostMicroUsd: 0 };
const certain = (microUsd: number) => ({ ...none, jobs: 1, microUsd });
const between = (leastMicroUsd: number, mostMicroUsd: number) => ({
  ...none,
  jobs: 1,
  uncertainJobs: 1,
  leastMicroUsd,
  mostMicroUsd,
});
const failed = (charged: Failure['charged']) => ({ attempt: { failure: aFailure(charged) } });
const unknown = { attempt: { outcome: 'unknown' } } as const;

describe('createExpectedCosts', () => {
  it.each([
    ['a video', { start: within, end: later }, certain(200_000)],
    [
      'a video by what its provider reports',
      { start: within, end: later, attempt: { reportedCostMicroUsd: 230_000 } },
      certain(230_000),
    ],
    ['a failure that is free as nothing', { start: within, end: later, ...failed('no') }, certain(0)],
    ['a failure that was charged', { start: within, end: later, ...failed('yes') }, certain(200_000)],
    [
      'a failure that may have been charged',
      { start: within, end: later, ...failed('unknown') },
      between(0, 200_000),
    ],
    [
      'a failure that only the task tells of',
      { start: within, end: later, task: { failure: aFailure('yes') } },
      certain(200_000),
    ],
    ['an order that was refused', { start: within, end: later, attempt: { outcome: 'refused' } }, none],
    ['an order that was not sent', { start: within, end: later, attempt: { outcome: 'not_sent' } }, none],
    ['an order that may have been taken', { start: within, end: later, ...unknown }, between(0, 200_000)],
    [
      'a claim of which nothing is known',
      { start: within, attempt: { outcome: undefined } },
      between(0, 200_000),
    ],
    [
      'an unknown order that a person captured',
      { start: within, end: later, ...unknown, task: { resolvedAt: after, failure: aFailure('yes') } },
      certain(200_000),
    ],
    [
      'an unknown order that a person released',
      { start: within, end: later, ...unknown, task: { resolvedAt: after, failure: aFailure('no') } },
      none,
    ],
    [
      'an unknown order whose job turned up with a cost',
      { start: within, end: later, attempt: { outcome: 'unknown', reportedCostMicroUsd: 210_000 } },
      certain(210_000),
    ],
    [
      'a job that turned up late, as long as it may have gone on',
      {
        start: before,
        end: before,
        ...unknown,
        task: { evidence: { since: within }, result: { key: 'k', bytes: 1, sha256: 'f' } },
      },
      between(0, 200_000),
    ],
    [
      'a job that turned up late, failed and was free',
      {
        start: within,
        end: later,
        ...unknown,
        task: { evidence: { since: later, failure: aFailure('no') } },
      },
      certain(0),
    ],
    [
      'a late job whose video was published a day later',
      { start: within, end: after, task: { archivingAt: undefined, evidence: { since: later } } },
      certain(200_000),
    ],
    ['a video from before', { start: before, end: before }, none],
    ['a video from afterwards', { start: after, end: after }, none],
    ['a video that was under way at the beginning', { start: before, end: within }, between(0, 200_000)],
    ['a video that was under way at the end', { start: within, end: after }, between(0, 200_000)],
    ['a job that goes on', { start: within }, between(0, 200_000)],
    ['a job that went on all the time', { start: before }, between(0, 200_000)],
    [
      'a free failure that was under way at the beginning, whose money may have come back',
      { start: before, end: within, ...failed('no') },
      between(-200_000, 0),
    ],
    [
      'a free failure that was under way at the end, whose money may be gone',
      { start: within, end: after, ...failed('no') },
      between(0, 200_000),
    ],
    [
      'a free failure that was under way all the time',
      { start: before, end: after, ...failed('no') },
      between(-200_000, 200_000),
    ],
    [
      'a job that ended in the minute of the reading',
      { start: within, end: '2026-03-03T01:59:30.000Z' },
      between(0, 200_000),
    ],
    [
      'a job that ended in the minute before the first reading',
      { start: before, end: '2026-03-02T01:59:30.000Z' },
      between(0, 200_000),
    ],
  ] as const)('counts %s', (_, life, expected) => {
    expect(costOf([aTask(life)])).toEqual(expected);
  });

  it('counts each attempt at its own provider, the earlier one until the next was claimed', () => {
    const turnedDown = anAttempt({ claimedAt: before, failure: aFailure('no') });
    const second = anAttempt({ number: 2, claimedAt: within, provider: 'kie' });
    const back = anAttempt({ number: 3, claimedAt: within });
    const task = { ...aTask({ start: before, end: later }), attempts: [turnedDown, second, back] };

    expect(costOf([task])).toEqual({
      jobs: 2,
      microUsd: 200_000,
      uncertainJobs: 1,
      leastMicroUsd: -200_000,
      mostMicroUsd: 0,
    });
  });

  it('adds up jobs, what is certain of them, and how far they are not', () => {
    const tasks = [{ start: within, end: later }, { start: within, end: later }, { start: within }];

    expect(costOf(tasks.map(aTask))).toEqual({
      jobs: 3,
      microUsd: 400_000,
      uncertainJobs: 1,
      leastMicroUsd: 0,
      mostMicroUsd: 200_000,
    });
  });
});

describe('compareBalance', () => {
  const cost = (changes: object) => ({ ...none, ...changes });
  const uncertain = { uncertainJobs: 2, leastMicroUsd: -200_000, mostMicroUsd: 300_000 };

  it.each([
    ['explained', cost({ microUsd: 1_000_000 }), 0],
    ['explained', cost({ microUsd: 990_000 }), 0],
    ['explained', cost({ microUsd: 1_010_000 }), 0],
    ['unexplained', cost({ microUsd: 989_999 }), 10_001],
    ['topped_up', cost({ microUsd: 1_010_001 }), -10_001],
    ['unexplained', cost({}), 1_000_000],
    ['within_uncertainty', cost({ microUsd: 700_000, ...uncertain }), 0],
    ['within_uncertainty', cost({ microUsd: 1_200_000, ...uncertain }), 0],
    ['unexplained', cost({ microUsd: 600_000, ...uncertain }), 100_000],
    ['topped_up', cost({ microUsd: 1_300_000, ...uncertain }), -100_000],
  ] as const)('calls a dollar that is gone %s by %j', (verdict, expected, unexplainedMicroUsd) => {
    expect(compareBalance({ from, to }, expected)).toEqual({
      spentMicroUsd: 1_000_000,
      unexplainedMicroUsd,
      verdict,
    });
  });

  it('calls an account that has more than before topped up', () => {
    const paidIn = { microUsd: 60_000_000, at: to.at };

    expect(compareBalance({ from, to: paidIn }, cost({ microUsd: 200_000 }))).toMatchObject({
      spentMicroUsd: -50_000_000,
      verdict: 'topped_up',
    });
  });
});
