import { type ReconcileSources, reconcile } from '../../shared/ledger/reconcile.ts';
import type { ReconciliationReport } from '../../shared/ledger/reconciliation-report.ts';
import { storeReport } from '../../shared/ledger/reconciliation-store.ts';
import { logger } from '../../shared/logger.ts';
import { count } from '../../shared/metrics.ts';
import type { RefreshBalances } from '../../shared/steps/refresh-balances.ts';
import type { MediaStore } from '../../shared/storage/media-store.ts';

export interface ReconcilerContext extends ReconcileSources {
  readonly media: Pick<MediaStore, 'getBytes' | 'putObject'>;
  readonly refreshBalances: RefreshBalances;
}

/** What the log says of a report; the whole of it is in the bucket. */
export type ReconciliationSummary = Pick<ReconciliationReport, 'at' | 'since' | 'differs' | 'differences'> & {
  readonly key: string;
};

/**
 * Stores the report before it tells of it: whoever is told can read it. Run again on the same day, after a death or
 * by a repeated event, it covers the same time and replaces the report.
 */
export async function reconcileDaily(context: ReconcilerContext): Promise<ReconciliationSummary> {
  await context.refreshBalances();
  const report = await reconcile(context);
  const key = await storeReport(report, context.media);
  const { at, since, differs, differences } = report;
  const summary = { key, at, since, differs, differences };
  if (differs) logger.warn('The ledger differs', { summary });
  else logger.info('The ledger agrees', { summary });
  for (const [kind, times] of Object.entries(differences)) count('LedgerDifference', { kind }, times);
  return summary;
}
