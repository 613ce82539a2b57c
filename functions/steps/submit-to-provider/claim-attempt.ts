import type { Attempt, Task } from '../../../shared/domain/task.ts';
import { newSecret, sha256 } from '../../../shared/ids.ts';
import type { CallbackTarget, Provider } from '../../../shared/providers/provider.ts';
import { toCallbackTarget } from './callback-target.ts';
import type { SubmitContext } from './submit-to-provider.ts';

export interface Claim {
  readonly attempt: Attempt;
  readonly callback: CallbackTarget | undefined;
}

/**
 * Makes the next attempt ours by a conditional write, before anything leaves: of two workers one wins, and
 * after a crash nobody can mistake a sent request for an unsent one.
 */
export async function claimAttempt(
  task: Task,
  provider: Provider,
  { tasks, clock, publicUrl }: SubmitContext,
): Promise<Claim | 'stale'> {
  const secret = newSecret();
  const callback = toCallbackTarget({ provider, task, publicUrl, secret });
  const attempt: Attempt = {
    number: task.attempts.length + 1,
    provider: provider.name,
    claimedAt: clock.now().toISOString(),
    ...(callback !== undefined && { callbackSecretHash: sha256(secret) }),
  };
  const written = await tasks.transition(task.id, {
    from: ['accepted'],
    to: 'submitting',
    set: { attempts: [...task.attempts, attempt] },
  });
  return written === 'stale' ? 'stale' : { attempt, callback };
}
