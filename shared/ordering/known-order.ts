import type { Task } from '../domain/task.ts';
import { ConchError } from '../errors.ts';
import { newTaskId, toVideoId } from '../ids.ts';
import { isSameOrder } from '../ledger/accept.ts';
import { joinChain, type KnownOrder, openChain, type RetryChainDependencies } from './retry-chains.ts';

/** What tells whether an order came before. */
export interface OrderIdentity {
  readonly account: string;
  readonly requestHash: string;
  /** Of an order that can be placed once only: whoever places it again means this task. */
  readonly taskId?: string;
  /** The same key with the same order is the same task; with another order it is refused. */
  readonly idempotencyKey?: string;
  /** How often the client says that it sent this order before; without a key nothing else marks a repeat. */
  readonly retryCount?: number;
}

/** The order that this one repeats, or that its key names; absent for one that is not known to be a repeat. */
export async function findKnownOrder(
  identity: OrderIdentity,
  dependencies: RetryChainDependencies,
): Promise<KnownOrder | undefined> {
  const { account, requestHash, idempotencyKey, retryCount = 0 } = identity;
  const keyed = idempotencyKey === undefined ? undefined : newTaskId(account, idempotencyKey);
  const taskId = identity.taskId ?? keyed;
  if (taskId !== undefined) return findNamed(identity, taskId, dependencies);
  return retryCount === 0 ? undefined : joinChain({ account, requestHash, retryCount }, dependencies);
}

async function findNamed(
  { account, requestHash }: OrderIdentity,
  taskId: string,
  { tasks }: RetryChainDependencies,
): Promise<KnownOrder> {
  const view = await tasks.getTaskView(taskId);
  if (view === undefined) return { taskId };
  if (!isSameOrder(view.task, { account, requestHash })) throw mismatch(view.task);
  return { taskId, view };
}

/** The id of the task that an order becomes; a new one is written down, so that a repeat finds it. */
export async function claimTaskId(
  { account, requestHash, retryCount = 0 }: OrderIdentity,
  known: KnownOrder | undefined,
  dependencies: RetryChainDependencies,
): Promise<string> {
  return known?.taskId ?? openChain({ account, requestHash, retryCount }, dependencies);
}

/** Of the task that is there in place of another order. */
export function mismatch({ id, retryOf }: Pick<Task, 'id' | 'retryOf'>): ConchError {
  const message =
    retryOf === undefined
      ? 'This Idempotency-Key was used with another order'
      : `The video has a retry already, ${toVideoId(id)}, and it was asked for with another webhook or with none`;
  return new ConchError('idempotency_mismatch', message);
}
