import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { Spending } from '../../shared/domain/budget.ts';
import type { Task } from '../../shared/domain/task.ts';
import type { ReconcileSources } from '../../shared/ledger/reconcile.ts';
import { reportKey } from '../../shared/ledger/reconciliation-store.ts';
import { settleTask } from '../../shared/ledger/settle.ts';
import { createMediaStore } from '../../shared/storage/media-store.ts';
import { monthKey } from '../../shared/storage/money-counters.ts';
import type { Item } from '../../shared/storage/task-items.ts';
import { toUpdateParts } from '../../shared/storage/update-expression.ts';
import { createManualClock } from './manual-clock.ts';
import { startMediaBucket } from './media-bucket.ts';
import type { Tables } from './tables.ts';

/** What is read of an earlier report: its time, and what was left at PiAPI. */
export function aStoredReport(at: string, amount?: string): string {
  const balances = amount === undefined ? [] : [{ provider: 'piapi', now: { amount, at } }];
  return JSON.stringify({ at, cost_without_task: { balances } });
}

interface SourceOverrides {
  readonly now?: string;
  /** Reports in the bucket, by their days; one of 1 March 2026 unless told. */
  readonly reports?: Readonly<Record<string, string>>;
}

/** What a reconciliation reads, with a bucket that lives as long as the test. */
export async function startReconciliation(tables: Tables, overrides: SourceOverrides = {}) {
  const { now = '2026-03-03T02:15:00.000Z', reports = defaultReports } = overrides;
  const clock = createManualClock(now);
  const media = createMediaStore(await startMediaBucket());
  for (const [day, report] of Object.entries(reports))
    await media.putObject(reportKey(day), report, 'application/json');
  const sources: ReconcileSources = {
    tasks: tables.tasks,
    accountsTable: { client: tables.client, tableName: 'accounts' },
    standings: tables.standings,
    providerNames: ['piapi', 'kie'],
    media,
    clock,
    pause: async (seconds) => clock.advance(seconds),
  };
  return { ...sources, clock, media };
}

const defaultReports = { '2026-03-01': aStoredReport('2026-03-01T02:15:00.000Z') };

const attempt = {
  number: 1,
  provider: 'piapi',
  nativeModel: 't2v-01',
  priceMicroUsd: 200_000,
  claimedAt: '2026-03-02T10:00:01.000Z',
  claimId: 'claim-1',
} as const;
const failure = { code: 'generation_failed', message: 'No' } as const;
const endings = {
  completed: { result: { key: 'videos/x.mp4', bytes: 9, sha256: 'f' } },
  released: { failure: { ...failure, charged: 'no' } },
  captured: { failure: { ...failure, charged: 'yes' } },
  kept: { failure: { ...failure, charged: 'unknown' }, attempts: [{ ...attempt, outcome: 'unknown' }] },
} as const;
export type Ending = keyof typeof endings;

/** Ends a task as the ledger does. */
export async function endTask(tables: Tables, task: Pick<Task, 'id'>, ending: Ending): Promise<void> {
  const decided = await tables.tasks.amend(task.id, { set: { ...endings[ending], state: 'processing' } });
  if (decided === 'stale') throw new Error('The task ended otherwise');
  await settleTask(decided, new Date('2026-03-02T11:00:00.000Z'), tables.ledger);
}

/** Ends a task as the first version did, which knew of no counter but the month's. */
export async function settleByMonthAlone(tables: Tables, task: Task): Promise<void> {
  const { holdMicroUsd, holdMonth, account } = task;
  const completedAt = '2026-03-02T11:00:00.000Z';
  const written = await tables.tasks.transition(task.id, {
    from: ['accepted'],
    to: 'completed',
    set: { ...endings.completed, chargeMicroUsd: holdMicroUsd, completedAt },
    remove: ['nextDueAt'],
  });
  if (written === 'stale') throw new Error('The task ended otherwise');
  const change = { committedMicroUsd: -holdMicroUsd, spentMicroUsd: holdMicroUsd };
  await book(tables, monthKey(account, holdMonth), change);
}

/** Adds to a counter, without any task. */
export async function book({ client }: Tables, key: Item, change: Partial<Spending>): Promise<void> {
  const parts = toUpdateParts({ add: { ...change } });
  await client.send(new UpdateItemCommand({ TableName: 'accounts', Key: key, ...parts }));
}
