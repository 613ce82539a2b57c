import { describe, expect, it } from 'vitest';
import { describeReconciliation } from '../../../../shared/clients/cli/describe-reconciliation.ts';
import { noCounterFindings } from '../../../../shared/ledger/reconcile-counters.ts';
import { type ReconciliationFindings, toReport } from '../../../../shared/ledger/reconciliation-report.ts';
import { anOrder } from '../../../support/orders.ts';

const at = '2026-03-03T02:15:00.000Z';
const nothing: ReconciliationFindings = {
  period: { since: undefined, at },
  counters: { ...noCounterFindings, accounts: 2, compared: 5 },
  tasks: { tasks: 7, unknown: [], pendingIds: [], uncharged: [], drift: [] },
  balances: [],
};
const { task } = anOrder({ idempotencyKey: 'fixed' });
const show = (findings: Partial<ReconciliationFindings>) =>
  describeReconciliation(toReport({ ...nothing, ...findings })).split('\n');

describe('describeReconciliation', () => {
  it('says in two lines that nothing differs, and what was compared', () => {
    expect(show({})).toEqual([
      `${at}, with no report before it: nothing differs`,
      '2 accounts, 7 tasks, 5 counters; amounts in USD',
    ]);
    expect(show({ period: { since: '2026-03-02T02:15:00.000Z', at } })[0]).toBe(
      `${at}, since 2026-03-02T02:15:00.000Z: nothing differs`,
    );
  });

  it('shows the counters that differ, with what their tasks come to, and those that could not be compared', () => {
    const counter = { account: 'acme', sortKey: 'KEYDAY#key_1#2026-03-02' };
    const stored = { committedMicroUsd: 200_000, spentMicroUsd: 0 };
    const tasks = { committedMicroUsd: 0, spentMicroUsd: 200_000 };
    const moving = [{ account: 'busy', sortKey: 'MONTH#2026-03' }];

    const lines = show({
      counters: { ...nothing.counters, differing: [{ ...counter, stored, tasks }], moving },
    });

    expect(lines[0]).toBe(`${at}, with no report before it: something differs`);
    expect(lines.slice(3)).toEqual([
      'counters that differ from their tasks',
      'account  key    when (UTC)  committed  of tasks  spent  of tasks',
      'acme     key_1  2026-03-02  0.20       0.00      0.00   0.20',
      '',
      'counters that moved during each reading: not compared',
      'account  key  when (UTC)',
      'busy          2026-03',
    ]);
  });

  it('names what is judged later, because its late job may still change it', () => {
    const lines = show({ tasks: { ...nothing.tasks, pendingIds: [task.id] } });

    expect(lines.slice(3)).toEqual([
      'ended, but their late job may still change what is told: judged later',
      'video',
      `video_${task.id}`,
    ]);
  });

  it.each([
    [{}, undefined, 'none known'],
    [{ hintedJobId: 'job-1' }, undefined, 'job-1, not confirmed'],
    [{ hintedJobId: 'job-1', jobId: 'job-1' }, undefined, 'job-1'],
    [{ hintedJobId: 'job-1', jobId: 'job-1' }, { key: 'k', bytes: 1, sha256: 'f' }, 'job-1, made its video'],
  ])('shows the hold that is kept with the job of %j', (known, result, job) => {
    const attempt = {
      number: 1,
      provider: 'piapi',
      nativeModel: 't2v-01',
      priceMicroUsd: 200_000,
      claimedAt: at,
      claimId: 'c',
      ...known,
    };
    const unknown = [{ ...task, attempts: [attempt], result }];

    const lines = show({ tasks: { ...nothing.tasks, unknown } });

    expect(lines[3]).toBe('holds that are kept until npm run tasks -- resolve VIDEO --captured|--released');
    expect(lines[5]?.split(/ {2,}/)).toEqual([
      `video_${task.id}`,
      'acme',
      'piapi',
      '0.20',
      '2026-03-02T10:00:00.000Z',
      '16',
      job,
    ]);
  });

  it('shows prices and tasks by both words', () => {
    const drift = {
      provider: 'piapi',
      nativeModel: 't2v-01',
      attempts: 3,
      differing: 2,
      oursMicroUsd: 600_000,
      reportedMicroUsd: 550_000,
      taskIds: ['1', '2'],
    };
    const uncharged = { task, reason: 'charged_unknown', reportedMicroUsd: undefined } as const;

    const lines = show({ tasks: { ...nothing.tasks, drift: [drift], uncharged: [uncharged] } });

    expect(lines[5]?.split(/ {2,}/)).toEqual([
      'piapi',
      't2v-01',
      '3',
      '2',
      '0.60',
      '0.55',
      '-0.05',
      'video_1 video_2',
    ]);
    expect(lines[9]?.split(/ {2,}/)).toEqual([
      `video_${task.id}`,
      'acme',
      'piapi',
      '0.20',
      'charged_unknown',
    ]);
  });

  it('shows balances also when they are explained, and how sure that is', () => {
    const cost = { jobs: 3, microUsd: 400_000, uncertainJobs: 1, leastMicroUsd: 0, mostMicroUsd: 200_000 };
    const [from, to] = [
      { microUsd: 10_000_000, at: '2026-03-02T02:15:00.000Z' },
      { microUsd: 9_500_000, at },
    ];
    const none = { jobs: 0, microUsd: 0, uncertainJobs: 0, leastMicroUsd: 0, mostMicroUsd: 0 };

    const lines = show({
      balances: [
        { provider: 'piapi', from, to, cost },
        { provider: 'kie', from: undefined, to, cost: none },
      ],
    });

    expect(lines[0]).toMatch(/nothing differs$/);
    expect(lines.slice(3)).toEqual([
      'balances of the providers',
      'provider  before  now   gone  jobs  their cost  uncertain     unexplained',
      'piapi     10.00   9.50  0.50  3     0.40        0.00 to 0.20  0.00         within_uncertainty',
      'kie               9.50        0     0.00                                   not_compared',
    ]);
  });
});
