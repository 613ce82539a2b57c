import type { Task } from '../../../shared/domain/task.ts';
import { callbackProof } from '../../../shared/ids.ts';
import { isLoopback } from '../../../shared/loopback.ts';
import type { CallbackTarget, Provider } from '../../../shared/providers/provider.ts';

interface CallbackOptions {
  readonly provider: Provider;
  readonly task: Task;
  readonly publicUrl: string;
  readonly secret: string;
}

/** Where the provider shall call back for the next attempt; absent where it cannot, or cannot reach us. */
export function toCallbackTarget({
  provider,
  task,
  publicUrl,
  secret,
}: CallbackOptions): CallbackTarget | undefined {
  if (provider.verifyCallback === undefined) return undefined;
  if (isLoopback(publicUrl) && !isLoopback(provider.baseUrl)) return undefined;
  const path = [provider.name, task.id, task.attempts.length + 1, secret].join('/');
  return { url: `${publicUrl}/callbacks/${path}`, proof: callbackProof(secret) };
}
