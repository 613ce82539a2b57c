import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { type ReconcilerContext, reconcileDaily } from '../../../functions/reconciler/reconcile-daily.ts';
import { reconcile } from '../../../shared/ledger/reconcile.ts';
import { reportKey } from '../../../shared/ledger/reconciliation-store.ts';
import { createRefreshBalances } from '../../../shared/steps/refresh-balances.ts';
import { untilKilled } from '../../support/mortal.ts';
import { placeTestOrder } from '../../support/orders.ts';
import { endTask, startReconciliation } from '../../support/reconciliation.ts';
import { type Steps, startSteps } from '../../support/steps.ts';

const today = '2026-03-03';
const maxBytes = 1_000_000;

let steps: Steps;
beforeEach(async () => {
  steps = await startSteps();
});
afterEach(() => steps.close());

async function startReconciler(): Promise<ReconcilerContext> {
  const sources = await startReconciliation(steps);
  steps.clock.advance((sources.clock.now().getTime() - steps.clock.now().getTime()) / 1000);
  return { ...sources, refreshBalances: createRefreshBalances(steps.context, 0) };
}

async function readReport({ media }: ReconcilerContext): Promise<unknown> {
  const bytes = await media.getBytes(reportKey(today), { maxBytes });
  return bytes === undefined ? undefined : JSON.parse(new TextDecoder().decode(bytes));
}

/** What is printed, line by line: there the metrics go. */
function watchMetrics(): () => readonly unknown[] {
  vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'false');
  const lines: string[] = [];
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => lines.push(`${chunk}`) > 0);
  onTestFinished(() => {
    spy.mockRestore();
    vi.unstubAllEnvs();
  });
  return () =>
    lines.filter((line) => line.includes('LedgerDifference')).map((line): unknown => JSON.parse(line));
}

describe('reconcileDaily', () => {
  it('stores the report of the day, with balances as they are now, and counts each kind of difference', async () => {
    for (const _ of [1, 2]) await endTask(steps, await placeTestOrder(steps), 'kept');
    steps.upstream.reply({ body: { code: 200, data: { equivalent_in_usd: 12.5 } } });
    await steps.standings.update('piapi', (standing) => ({
      ...standing,
      balance: { microUsd: 1, at: '2026-03-03T02:14:00.000Z' },
    }));
    const context = await startReconciler();
    const metrics = watchMetrics();

    const summary = await reconcileDaily(context);

    const report = await reconcile(context);
    expect(summary).toMatchObject({ key: `reports/reconciliation/${today}.json`, differs: true });
    expect(await readReport(context)).toMatchObject({
      at: '2026-03-03T02:15:00.000Z',
      since: '2026-03-01T02:15:00.000Z',
      unknown: report.unknown,
      cost_without_task: { balances: [{ now: { amount: '12.50', at: '2026-03-03T02:15:00.000Z' } }] },
    });
    expect(metrics()).toMatchObject([{ kind: 'unknown', LedgerDifference: 2 }]);
  });

  it('counts nothing when nothing differs', async () => {
    await endTask(steps, await placeTestOrder(steps), 'completed');
    const context = await startReconciler();
    const metrics = watchMetrics();

    expect(await reconcileDaily(context)).toMatchObject({ differs: false });
    expect(metrics()).toEqual([]);
    expect(await readReport(context)).toMatchObject({ differs: false, totals: { tasks: 1 } });
  });

  it('stores the same report when it runs again on the same day', async () => {
    await endTask(steps, await placeTestOrder(steps), 'kept');
    const context = await startReconciler();

    await reconcileDaily(context);
    const first = await readReport(context);
    await reconcileDaily(context);

    expect(await readReport(context)).toEqual({
      ...Object(first),
      at: expect.stringMatching(/^2026-03-03T02:15/),
    });
  });

  it.each(['before', 'after'])(
    'tells of the difference when it is run again after it died %s its report',
    async (when) => {
      await endTask(steps, await placeTestOrder(steps), 'kept');
      const context = await startReconciler();
      const { putObject } = context.media;
      const dying: typeof putObject = async (...object) => {
        if (when === 'after') await putObject(...object);
        throw new Error('killed');
      };
      const metrics = watchMetrics();

      const first = await untilKilled(
        reconcileDaily({ ...context, media: { ...context.media, putObject: dying } }),
      );
      expect([first, metrics().length]).toEqual(['killed', 0]);
      await reconcileDaily(context);

      expect(await readReport(context)).toMatchObject({ differs: true, since: '2026-03-01T02:15:00.000Z' });
      expect(metrics()).toMatchObject([{ kind: 'unknown', LedgerDifference: 1 }]);
    },
  );

  it('compares what it has when a balance cannot be read', async () => {
    const context = await startReconciler();
    steps.upstream.reply({ status: 500, body: 'out of order' });

    expect(await reconcileDaily(context)).toMatchObject({ differs: false });
    expect(await readReport(context)).toMatchObject({ cost_without_task: { balances: [] } });
  });
});
