import type { Failure } from '../../shared/domain/job-progress.ts';
import type { Attempt, Task } from '../../shared/domain/task.ts';
import { sha256 } from '../../shared/ids.ts';
import { settleTask } from '../../shared/ledger/settle.ts';
import { requireTask } from '../../shared/storage/task-store.ts';
import { type OrderOverrides, placeTestOrder } from './orders.ts';
import type { Tables } from './tables.ts';

/** In the path at which the provider of such a task may call back. */
export const callbackSecret = 'secret-of-the-path';

const attempt: Attempt = {
  number: 1,
  provider: 'piapi',
  nativeModel: 't2v-01',
  priceMicroUsd: 200_000,
  claimedAt: '2026-03-02T10:00:05.000Z',
  claimId: 'claim-1',
  callbackSecretHash: sha256(callbackSecret),
  outcome: 'unknown',
  outcomeAt: '2026-03-02T10:00:06.000Z',
};
const failure: Failure = { code: 'submit_unknown', message: 'Nobody knows', charged: 'unknown' };

/** A task of which nobody learned whether its provider took it: it ended, and its hold was kept. */
export async function placeSubmitUnknown(tables: Tables, overrides: OrderOverrides): Promise<Task> {
  const { id } = await placeTestOrder(tables, overrides);
  const decided = await tables.tasks.amend(id, { set: { attempts: [{ ...attempt, failure }], failure } });
  if (decided === 'stale') throw new Error('The task ended otherwise');
  await settleTask(decided, new Date('2026-03-02T10:20:00.000Z'), tables.ledger);
  return requireTask(id, tables.tasks);
}
