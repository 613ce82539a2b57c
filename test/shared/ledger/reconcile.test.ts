import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Task } from '../../../shared/domain/task.ts';
import { reconcile } from '../../../shared/ledger/reconcile.ts';
import { storeReport } from '../../../shared/ledger/reconciliation-store.ts';
import { resolveTask } from '../../../shared/ledger/resolve.ts';
import { clearFollowUp } from '../../../shared/ordering/clear-follow-up.ts';
import { countersOf, monthKey } from '../../../shared/storage/money-counters.ts';
import { requireTask } from '../../../shared/storage/task-store.ts';
import { createRandom } from '../../prove/random.ts';
import { changeEnded, placeArchivedEvidence } from '../../support/late-job.ts';
import { anOffer, placeTestOrder } from '../../support/orders.ts';
import {
  aStoredReport,
  book,
  endTask,
  settleByMonthAlone,
  startReconciliation,
} from '../../support/reconciliation.ts';
import { storeTask } from '../../support/stored-tasks.ts';
import { startTables, type Tables } from '../../support/tables.ts';

let tables: Tables;
beforeEach(async () => {
  tables = await startTables();
});
afterEach(() => tables.close());

const keyId = 'key_1';
const setBalance = (microUsd: number, at: string) =>
  tables.standings.update('piapi', (standing) => ({ ...standing, balance: { microUsd, at } }));
const zero = { committed: '0.00', spent: '0.00' };
const held = { committed: '0.20', spent: '0.00' };
const spent = { committed: '0.00', spent: '0.20' };

describe('the counters', () => {
  it('agree, whatever became of the tasks', async () => {
    for (const ending of ['completed', 'released', 'captured', 'kept'] as const)
      await endTask(tables, await placeTestOrder(tables, { keyId }), ending);
    await placeTestOrder(tables, { keyId });
    await placeTestOrder(tables, { account: 'other', now: new Date('2026-02-28T23:59:59.999Z') });

    const report = await reconcile(await startReconciliation(tables));

    expect(report).toMatchObject({
      differences: { counters: 0, unknown: 1, price_drift: 0, uncharged: 0, balances: 0 },
      totals: { accounts: 2, tasks: 6, counters: 6 },
      counters: { differing: [], moving: [] },
    });
  });

  it('differ by day and key, not by month, where an old bundle settled a row that was booked on all', async () => {
    const task = await placeTestOrder(tables, { keyId });
    await endTask(tables, await placeTestOrder(tables, { keyId }), 'completed');
    await settleByMonthAlone(tables, task);

    const { counters, differs } = await reconcile(await startReconciliation(tables));

    const [stored, difference] = [
      { committed: '0.20', spent: '0.20' },
      { committed: '0.20', spent: '-0.20' },
    ];
    const tooHigh = { account: 'acme', stored, tasks: { committed: '0.00', spent: '0.40' }, difference };
    expect(differs).toBe(true);
    expect(counters.differing).toEqual([
      { ...tooHigh, key: null, span: '2026-03-02' },
      { ...tooHigh, key: keyId, span: '2026-03-02' },
      { ...tooHigh, key: keyId, span: '2026-03' },
    ]);
  });

  it('agree with rows of the first version, which are booked by month alone', async () => {
    const { holdDay: _, ...old } = await storeTask(tables, { holdDay: undefined });
    await book(tables, monthKey(old.account, old.holdMonth), { committedMicroUsd: old.holdMicroUsd });

    expect(await reconcile(await startReconciliation(tables))).toMatchObject({
      differs: false,
      totals: { tasks: 1, counters: 1 },
    });
  });

  it('differ where money is booked without a task, and where a task is not booked', async () => {
    await book(tables, monthKey('ghost', '2026-02'), { spentMicroUsd: 200_000 });
    await book(tables, monthKey('acme', '2026-03'), { committedMicroUsd: 0 });
    await storeTask(tables, { holdDay: undefined });

    const { counters } = await reconcile(await startReconciliation(tables));

    expect(counters.differing).toEqual([
      {
        account: 'acme',
        key: null,
        span: '2026-03',
        stored: zero,
        tasks: held,
        difference: { ...held, committed: '-0.20' },
      },
      { account: 'ghost', key: null, span: '2026-02', stored: spent, tasks: zero, difference: spent },
    ]);
  });

  it('are of this month and the one before, and of every older month in which something is held', async () => {
    await endTask(
      tables,
      await placeTestOrder(tables, { now: new Date('2025-08-02T10:00:00.000Z') }),
      'kept',
    );
    await book(tables, monthKey('acme', '2025-08'), { spentMicroUsd: 1 });
    await book(tables, monthKey('acme', '2025-09'), { spentMicroUsd: 1 });
    await book(tables, monthKey('acme', '2026-02'), { spentMicroUsd: 1 });
    const leftOver = { account: 'acme', holdMonth: '2025-10', holdDay: '2025-10-03', keyId };
    for (const { key } of countersOf(leftOver).slice(1)) await book(tables, key, { committedMicroUsd: 1 });

    const { counters, unknown } = await reconcile(await startReconciliation(tables));

    expect(counters.differing.map(({ span }) => span)).toEqual(['2025-08', '2026-02']);
    expect(unknown).toMatchObject([{ accepted_at: '2025-08-02T10:00:00.000Z', amount: '0.20' }]);
  });

  it('of a task that still lives are compared in whatever month it was accepted', async () => {
    const january = { createdAt: '2026-01-15T10:00:00.000Z', holdMonth: '2026-01', holdDay: undefined };
    await storeTask(tables, { ...january, nextDueAt: '2026-03-03T02:00:00.000Z' });
    await book(tables, monthKey('acme', '2026-01'), { committedMicroUsd: 0 });

    const { counters } = await reconcile(await startReconciliation(tables));

    expect(counters.differing).toMatchObject([{ span: '2026-01', stored: zero, tasks: held }]);
  });

  it('raise no false alarm while orders come and end, and hide no true one', async () => {
    const sources = await startReconciliation(tables, { now: '2026-03-02T10:10:00.000Z' });
    const quiet = await placeTestOrder(tables, { now: new Date('2026-02-10T10:00:00.000Z') });
    await book(tables, monthKey('acme', '2026-02'), { committedMicroUsd: 1 });
    let isDone = false;
    const work = async (seed: number) => {
      const random = createRandom(seed);
      for (let order = 1; !isDone; order += 1) {
        // No price twice, so that no two movements make up for each other by accident.
        const priceMicroUsd = 1 + Math.floor(random() * 999_999_999);
        const offer = { variants: [{ ...anOffer().variants[0], priceMicroUsd }] } as const;
        const task = await placeTestOrder(tables, { keyId, offer });
        if (order % 3 > 0) await endTask(tables, task, order % 3 === 1 ? 'completed' : 'released');
      }
    };
    const workers = [1, 2, 3].map(work);

    const { counters } = await reconcile(sources);
    isDone = true;
    await Promise.all(workers);
    const afterwards = await reconcile(sources);

    const drifted = { account: quiet.account, key: null, span: '2026-02' };
    expect(counters.differing).toMatchObject([drifted]);
    expect(afterwards.counters).toMatchObject({ differing: [drifted], moving: [] });
  });

  it('are called moving when they were booked on during each reading', async () => {
    const sources = await startReconciliation(tables, { now: '2026-03-02T10:10:00.000Z' });
    await placeTestOrder(tables);
    const listTasks = async (ids: readonly string[]) => {
      await placeTestOrder(tables);
      return tables.tasks.listTasks(ids);
    };

    const report = await reconcile({ ...sources, tasks: { ...tables.tasks, listTasks } });

    expect(report).toMatchObject({ differs: false, totals: { counters: 2 } });
    expect(report.counters.moving).toEqual([
      { account: 'acme', key: null, span: '2026-03-02' },
      { account: 'acme', key: null, span: '2026-03' },
    ]);
  });

  it('raise no false alarm over a task that the index does not know yet', async () => {
    const sources = await startReconciliation(tables, { now: '2026-03-02T10:01:00.000Z' });
    await placeTestOrder(tables);
    let walks = 0;
    async function* lagging(...range: Parameters<typeof tables.tasks.walkTasks>) {
      for await (const batch of tables.tasks.walkTasks(...range)) {
        walks += batch.length;
        yield walks === 1 ? [] : batch;
      }
    }

    const report = await reconcile({ ...sources, tasks: { ...tables.tasks, walkTasks: lagging } });

    expect(report).toMatchObject({ differs: false, counters: { moving: [] } });
    expect(walks).toBe(2);
  });

  it('are added up over more tasks than one reading has', async () => {
    const tasks = Array.from({ length: 105 }, () =>
      storeTask(tables, { state: 'completed', chargeMicroUsd: 1, nextDueAt: undefined, holdDay: undefined }),
    );
    await Promise.all(tasks);
    await book(tables, monthKey('acme', '2026-03'), { spentMicroUsd: 105 });

    expect(await reconcile(await startReconciliation(tables))).toMatchObject({
      differs: false,
      totals: { tasks: 105 },
    });
  });
});

describe('a kept hold', () => {
  it('is listed with what is known of its job, and how to resolve it', async () => {
    const now = new Date('2026-03-02T00:00:00.000Z');
    const [bare, hinted, attached] = [
      await placeTestOrder(tables, { now }),
      await placeTestOrder(tables, { now }),
      await placeTestOrder(tables, { now }),
    ];
    for (const task of [bare, hinted, attached]) await endTask(tables, task, 'kept');
    await tables.tasks.amendTerminal(hinted.id, { set: { 'attempts[0].hintedJobId': 'job-1' } });
    await tables.tasks.amendTerminal(attached.id, {
      set: { 'attempts[0].hintedJobId': 'job-2', 'attempts[0].jobId': 'job-2' },
    });

    const { unknown, differs, totals } = await reconcile(await startReconciliation(tables));

    const row = (id: string, job: string | null, isAttached: boolean) => ({
      video: `video_${id}`,
      account: 'acme',
      provider: 'piapi',
      amount: '0.20',
      accepted_at: now.toISOString(),
      age_hours: 26,
      job,
      job_attached: isAttached,
      video_made: false,
      resolve: `npm run tasks -- resolve video_${id} --captured|--released`,
    });
    expect(differs).toBe(true);
    expect(totals.unknown).toBe('0.60');
    expect(unknown).toHaveLength(3);
    expect(unknown).toEqual(
      expect.arrayContaining([
        row(bare.id, null, false),
        row(hinted.id, 'job-1', false),
        row(attached.id, 'job-2', true),
      ]),
    );
  });
});

describe('the period', () => {
  it('begins at the newest report of an earlier day, so that a second run finds what the first found', async () => {
    const times = ['2026-03-01T02:15:00.000Z', '2026-03-02T02:16:00.000Z', '2026-03-03T02:15:00.000Z'];
    const reports = Object.fromEntries(times.map((at) => [at.slice(0, 10), aStoredReport(at)]));

    const { since } = await reconcile(await startReconciliation(tables, { reports }));

    expect(since).toBe('2026-03-02T02:16:00.000Z');
  });

  it('passes over days without a report, and over reports that cannot be read', async () => {
    const reports = {
      '2026-03-02': '{"at": "yesterday"}',
      '2026-03-01': 'broken',
      '2026-02-24': aStoredReport('2026-02-24T02:15:00.000Z'),
    };

    const { since } = await reconcile(await startReconciliation(tables, { reports }));

    expect(since).toBe('2026-02-24T02:15:00.000Z');
  });

  it('is all that is read when there is no report of the last 40 days', async () => {
    await setBalance(10_000_000, '2026-03-03T02:14:00.000Z');
    const reports = { '2026-01-21': aStoredReport('2026-01-21T02:15:00.000Z') };

    expect(await reconcile(await startReconciliation(tables, { reports }))).toMatchObject({
      since: null,
      differs: false,
      cost_without_task: {
        balances: [{ provider: 'piapi', previous: null, spent: null, verdict: 'not_compared' }],
      },
    });
  });

  it('reaches back over all months since the last report', async () => {
    const reports = { '2026-01-31': aStoredReport('2026-01-31T02:15:00.000Z') };
    await book(tables, monthKey('acme', '2026-01'), { spentMicroUsd: 1 });
    await book(tables, monthKey('acme', '2025-12'), { spentMicroUsd: 1 });

    const { counters } = await reconcile(await startReconciliation(tables, { reports }));

    expect(counters.differing.map(({ span }) => span)).toEqual(['2026-01']);
  });
});

describe('a balance', () => {
  const job = {
    number: 1,
    provider: 'piapi',
    nativeModel: 't2v-01',
    priceMicroUsd: 200_000,
    claimedAt: '2026-03-02T10:00:01.000Z',
    claimId: 'claim-1',
    outcome: 'accepted',
  } as const;
  async function aVideo(changes: object = {}): Promise<void> {
    const task = await storeTask(tables, {
      state: 'completed',
      chargeMicroUsd: 200_000,
      attempts: [{ ...job, ...changes }],
      archivingAt: '2026-03-02T10:03:00.000Z',
      completedAt: '2026-03-02T10:03:01.000Z',
      nextDueAt: undefined,
    });
    for (const { key } of countersOf(task)) await book(tables, key, { spentMicroUsd: 200_000 });
  }
  const start = (amount: string) =>
    startReconciliation(tables, {
      reports: { '2026-03-02': aStoredReport('2026-03-02T02:15:00.000Z', amount) },
    });

  it('shows money that is gone without a job to explain it', async () => {
    await setBalance(9_300_000, '2026-03-03T02:14:00.000Z');
    await aVideo();
    await aVideo({ claimedAt: '2026-03-02T02:14:30.000Z' });

    const report = await reconcile(await start('10.00'));

    expect(report).toMatchObject({ differs: true, differences: { counters: 0, balances: 1 } });
    expect(report.cost_without_task.balances).toEqual([
      {
        provider: 'piapi',
        previous: { amount: '10.00', at: '2026-03-02T02:15:00.000Z' },
        now: { amount: '9.30', at: '2026-03-03T02:14:00.000Z' },
        spent: '0.70',
        jobs: 2,
        expected: '0.20',
        uncertain: { jobs: 1, least: '0.00', most: '0.20' },
        unexplained: '0.30',
        verdict: 'unexplained',
      },
    ]);
  });

  it.each([
    ['10.00', 9_800_000, 'explained'],
    ['-0.05', -250_000, 'explained'],
    ['10.00', 59_800_000, 'topped_up'],
  ])('that went from %s USD to %i micro-USD with one video is %s', async (amount, microUsd, verdict) => {
    await setBalance(microUsd, '2026-03-03T02:14:00.000Z');
    await aVideo();

    const report = await reconcile(await start(amount));

    expect(report).toMatchObject({ differs: false, cost_without_task: { balances: [{ verdict }] } });
  });

  it.each([
    ['no newer than that of the report', '2026-03-02T02:15:00.000Z', '2026-03-02T02:15:00.000Z'],
    [
      'to be compared with one before all tasks that are read',
      '2025-12-31T23:59:59.000Z',
      '2026-03-03T02:14:00.000Z',
    ],
  ])('is not compared when its reading is %s', async (_, previousAt, at) => {
    const older = JSON.parse(aStoredReport(previousAt, '10.00'));
    const report = JSON.stringify({ ...older, at: '2026-03-02T02:15:00.000Z' });
    await setBalance(1, at);

    const { cost_without_task } = await reconcile(
      await startReconciliation(tables, { reports: { '2026-03-02': report } }),
    );

    expect(cost_without_task.balances).toMatchObject([{ verdict: 'not_compared' }]);
  });
});

describe('a hold that was kept, and whose end is months later', () => {
  /** One report a day, each with the one before it; what each tells of `video`. */
  async function reportDaily(sources: Sources, days: readonly (() => Promise<unknown>)[]) {
    const told: string[][] = [];
    for (const live of days) {
      await live();
      const report = await reconcile(sources);
      await storeReport(report, sources.media);
      const { uncharged } = report.cost_without_task;
      told.push([...report.unknown.map(() => 'unknown'), ...uncharged.map(({ reason }) => reason)]);
      sources.clock.advance(86_400);
    }
    return told;
  }
  type Sources = Awaited<ReturnType<typeof startReconciliation>>;
  const june = { now: '2026-06-10T02:15:00.000Z', reports: {} };
  const none = async () => undefined;
  const release = async (task: Task, now: Date) =>
    resolveTask(await requireTask(task.id, tables.tasks), { resolution: 'released', now }, tables.ledger);

  it('is told once, after a person resolved it', async () => {
    const task = await placeArchivedEvidence(tables);
    await clearFollowUp(task, 'evidence', tables.tasks);
    const resolve = () => release(task, new Date('2026-06-10T12:00:00.000Z'));

    const told = await reportDaily(await startReconciliation(tables, june), [none, resolve, none]);

    expect(told).toEqual([['unknown'], ['cost_reported'], []]);
  });

  it('is told once, when its late job cannot change it any more', async () => {
    const task = await placeArchivedEvidence(tables);
    await clearFollowUp(task, 'evidence', tables.tasks);
    const resolve = async () => {
      await changeEnded(tables, task, { 'evidence.since': '2026-06-10T23:00:00.000Z' });
      await release(task, new Date('2026-06-11T01:00:00.000Z'));
    };

    const sources = await startReconciliation(tables, june);
    const told = await reportDaily(sources, [none, resolve, none, none]);

    expect(told).toEqual([['unknown'], [], ['cost_reported'], []]);
  });
});
