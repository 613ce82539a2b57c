import { secondsAfter } from '../clock.ts';
import type { PricedOffer } from '../domain/quote.ts';
import { sleepFields, type Task } from '../domain/task.ts';
import { taskKey } from '../storage/task-items.ts';
import { type ItemCondition, toUpdateParts } from '../storage/update-expression.ts';
import type { LedgerTables } from './accept.ts';
import { holdInBudget } from './hold-in-budget.ts';

/** After this a task that nobody took further is the sweeper's. */
const restartGraceSeconds = 60;

interface OfferChange {
  readonly priced: PricedOffer;
  readonly now: Date;
}

/**
 * Moves a task that is proven unpaid to another offer: what it costs is held in place of the old price, in the
 * same transaction, before anything is sent. `stale` means that the row is not what it was; `no_budget` that the
 * dearer offer does not fit, and that nothing was changed.
 */
export async function changeOffer(
  task: Task,
  change: OfferChange,
  tables: LedgerTables,
): Promise<'changed' | 'stale' | 'no_budget'> {
  const update = { TableName: tables.tasksTableName, Key: taskKey(task.id), ...toTaskUpdate(task, change) };
  const costMicroUsd = change.priced.variant.priceMicroUsd - task.holdMicroUsd;
  const written = await holdInBudget({ task, costMicroUsd, writes: [{ Update: update }] }, tables);
  if (written === 'done') return 'changed';
  return 'shortfall' in written ? 'no_budget' : 'stale';
}

function toTaskUpdate(task: Task, { priced, now }: OfferChange) {
  const { offer, variant } = priced;
  const bought = { seconds: variant.seconds, resolution: variant.resolution, size: variant.size };
  const absent = Object.entries(bought).flatMap(([name, value]) => (value === undefined ? [name] : []));
  const changes = {
    set: {
      state: 'accepted',
      provider: offer.provider,
      model: offer.model,
      nativeModel: offer.nativeModel,
      ...bought,
      holdMicroUsd: variant.priceMicroUsd,
      looks: 0,
      nextDueAt: secondsAfter(now, restartGraceSeconds),
    },
    // Whoever rang, rang for the place that it leaves.
    remove: [...absent, 'deadlineAt', 'queuedAt', ...sleepFields],
  };
  return toUpdateParts(changes, isAsItWas(task));
}

/** Another worker may have moved it, sent it, or ended it since, or its customer asked for its end. */
function isAsItWas({ state, holdMicroUsd, provider, attempts }: Task): ItemCondition {
  const asRead = '{state} = :state AND {holdMicroUsd} = :hold AND {provider} = :provider';
  const absent = ['failure', 'result', 'cancelRequestedAt'].map((name) => `attribute_not_exists({${name}})`);
  return {
    text: [asRead, 'size({attempts}) = :tries', ...absent].join(' AND '),
    values: { ':state': state, ':hold': holdMicroUsd, ':provider': provider, ':tries': attempts.length },
  };
}
