import type { ReconciliationReport } from '../../ledger/reconciliation-report.ts';
import { toTable } from './text-table.ts';

type Row = readonly string[];

const resolving = 'npm run tasks -- resolve VIDEO --captured|--released';

/** What a person reads: a line of what was compared, then a table of each kind of finding that there is. */
export function describeReconciliation(report: ReconciliationReport): string {
  const { counters, unknown, price_drift, cost_without_task } = report;
  const sections = [
    toSection('counters that differ from their tasks', toCounterRows(counters.differing)),
    toSection('counters that moved during each reading: not compared', toMovingRows(counters.moving)),
    toSection(`holds that are kept until ${resolving}`, toUnknownRows(unknown)),
    toSection('reported costs that differ from our prices', toDriftRows(price_drift)),
    toSection(
      'tasks that may have cost something, and were not charged',
      toUnchargedRows(cost_without_task.uncharged),
    ),
    toSection('ended, but their late job may still change what is told: judged later', [
      ['video'],
      ...report.pending.map((video) => [video]),
    ]),
    toSection('balances of the providers', toBalanceRows(cost_without_task.balances)),
  ];
  return [toHeadline(report), ...sections.flat()].join('\n\n');
}

function toHeadline({ at, since, differs, totals }: ReconciliationReport): string {
  const period = since === null ? 'with no report before it' : `since ${since}`;
  const compared = `${totals.accounts} accounts, ${totals.tasks} tasks, ${totals.counters} counters; amounts in USD`;
  return `${at}, ${period}: ${differs ? 'something differs' : 'nothing differs'}\n${compared}`;
}

function toSection(title: string, [header, ...rows]: readonly Row[]): string[] {
  return header === undefined || rows.length === 0 ? [] : [`${title}\n${toTable([header, ...rows])}`];
}

function toCounterRows(differing: ReconciliationReport['counters']['differing']): Row[] {
  const header = ['account', 'key', 'when (UTC)', 'committed', 'of tasks', 'spent', 'of tasks'];
  const rows = differing.map(({ account, key, span, stored, tasks }) => [
    account,
    key ?? '',
    span,
    stored.committed,
    tasks.committed,
    stored.spent,
    tasks.spent,
  ]);
  return [header, ...rows];
}

function toMovingRows(moving: ReconciliationReport['counters']['moving']): Row[] {
  return [
    ['account', 'key', 'when (UTC)'],
    ...moving.map(({ account, key, span }) => [account, key ?? '', span]),
  ];
}

function toUnknownRows(unknown: ReconciliationReport['unknown']): Row[] {
  const header = ['video', 'account', 'provider', 'held', 'accepted', 'hours ago', 'job'];
  const rows = unknown.map(({ video, account, provider, amount, ...hold }) => [
    video,
    account,
    provider,
    amount,
    hold.accepted_at,
    `${hold.age_hours}`,
    describeJob(hold),
  ]);
  return [header, ...rows];
}

function describeJob({
  job,
  job_attached,
  video_made,
}: Pick<ReconciliationReport['unknown'][number], 'job' | 'job_attached' | 'video_made'>) {
  if (job === null) return 'none known';
  if (video_made) return `${job}, made its video`;
  return job_attached ? job : `${job}, not confirmed`;
}

function toDriftRows(drift: ReconciliationReport['price_drift']): Row[] {
  const header = [
    'provider',
    'native model',
    'attempts',
    'differing',
    'ours',
    'reported',
    'difference',
    'videos',
  ];
  const rows = drift.map(
    ({ provider, native_model, attempts, differing, ours, reported, difference, videos }) => [
      provider,
      native_model,
      `${attempts}`,
      `${differing}`,
      ours,
      reported,
      difference,
      videos.join(' '),
    ],
  );
  return [header, ...rows];
}

function toUnchargedRows(uncharged: ReconciliationReport['cost_without_task']['uncharged']): Row[] {
  const header = ['video', 'account', 'provider', 'price', 'reported', 'why', 'error'];
  const rows = uncharged.map(({ video, account, provider, price, reported, reason, error }) => [
    video,
    account,
    provider,
    price,
    reported ?? '',
    reason,
    error ?? '',
  ]);
  return [header, ...rows];
}

function toBalanceRows(balances: ReconciliationReport['cost_without_task']['balances']): Row[] {
  const header = ['provider', 'before', 'now', 'gone', 'jobs', 'their cost', 'uncertain', 'unexplained', ''];
  const rows = balances.map(
    ({ provider, previous, now, spent, jobs, expected, uncertain, unexplained, verdict }) => [
      provider,
      previous?.amount ?? '',
      now.amount,
      spent ?? '',
      `${jobs}`,
      expected,
      uncertain.jobs === 0 ? '' : `${uncertain.least} to ${uncertain.most}`,
      unexplained ?? '',
      verdict,
    ],
  );
  return [header, ...rows];
}
