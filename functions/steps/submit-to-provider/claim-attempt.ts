import { type Attempt, currentAttempt, sleepFields, type Task } from '../../../shared/domain/task.ts';
import { newSecret, newShortId, sha256 } from '../../../shared/ids.ts';
import type { CallbackTarget, Provider } from '../../../shared/providers/provider.ts';
import { requireTask, type TaskStore } from '../../../shared/storage/task-store.ts';
import type { ItemCondition } from '../../../shared/storage/update-expression.ts';
import { toCallbackTarget } from './callback-target.ts';
import type { SubmitContext } from './submit-to-provider.ts';

export interface Claim {
  readonly attempt: Attempt;
  readonly callback: CallbackTarget | undefined;
}

interface Claiming {
  readonly task: Task;
  readonly provider: Provider;
  readonly hasLease: boolean;
}

/**
 * Makes the next attempt ours by a conditional write, before anything leaves: of two workers one wins, and
 * after a crash nobody can mistake a sent request for an unsent one.
 */
export async function claimAttempt(
  { task, provider, hasLease }: Claiming,
  { tasks, clock, publicUrl }: SubmitContext,
): Promise<Claim | 'stale'> {
  const secret = newSecret();
  const callback = toCallbackTarget({ provider, task, publicUrl, secret });
  const attempt: Attempt = {
    number: task.attempts.length + 1,
    provider: provider.name,
    nativeModel: task.nativeModel,
    priceMicroUsd: task.holdMicroUsd,
    claimedAt: clock.now().toISOString(),
    claimId: newShortId(),
    ...(hasLease && { hasLease }),
    ...(callback !== undefined && { callbackSecretHash: sha256(secret) }),
  };
  const written = await tasks.transition(task.id, {
    from: ['accepted'],
    to: 'submitting',
    guard: isStillForSale(task),
    set: { attempts: [...task.attempts, attempt] },
    // Whoever rang, rang for the place that is taken now.
    remove: ['queuedAt', ...sleepFields],
  });
  const isOurs = written !== 'stale' || (await isClaimedBy(attempt, task, tasks));
  return isOurs ? { attempt, callback } : 'stale';
}

/**
 * A slow worker must neither buy what the task left since, nor what its customer canceled, nor write over the
 * attempts of a faster one.
 */
function isStillForSale({ provider, nativeModel, attempts }: Task): ItemCondition {
  const asRead = '{provider} = :provider AND {nativeModel} = :model AND size({attempts}) = :tries';
  return {
    text: `attribute_not_exists({failure}) AND attribute_not_exists({cancelRequestedAt}) AND ${asRead}`,
    values: { ':provider': provider, ':model': nativeModel, ':tries': attempts.length },
  };
}

/** The SDK repeats a write whose answer was lost, and the repetition finds the row changed: by ourselves. */
async function isClaimedBy(attempt: Attempt, task: Task, tasks: TaskStore): Promise<boolean> {
  const claimed = currentAttempt(await requireTask(task.id, tasks));
  return claimed?.claimId === attempt.claimId;
}
