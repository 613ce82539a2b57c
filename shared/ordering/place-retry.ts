import { isTerminal, type Task } from '../domain/task.ts';
import type { VideoRequest } from '../domain/video-request.ts';
import { ConchError } from '../errors.ts';
import { retryIdOf, toVideoId } from '../ids.ts';
import { hasKeptHold } from '../ledger/resolve.ts';
import type { TaskView } from '../storage/task-store.ts';
import { hashRetry } from './hash-order.ts';
import { toDraft } from './order-media.ts';
import { type OrderingDependencies, type OrderingKey, placeDraft } from './place-order.ts';

interface Retry extends OrderingKey, Pick<VideoRequest, 'webhook'> {
  /** The task that failed or was canceled, and its request. */
  readonly source: TaskView;
}

/**
 * Places the order of a task once more, as it was, at today's prices and with a webhook of its own or none. A task has
 * one retry, whose id follows from its own, so that each repeat of the request finds it. Throws `video_not_retryable`,
 * and as `placeOrder` does.
 */
export async function placeRetry(
  { source: { task, request }, webhook, ...key }: Retry,
  dependencies: OrderingDependencies,
): Promise<TaskView> {
  // One that was retried stays so, whatever a review makes of it afterwards.
  if (task.retriedBy === undefined) requireRetryable(task);
  const { id, account } = task;
  const identity = { account, requestHash: hashRetry(id, webhook), taskId: retryIdOf(account, id) };
  const draft = toDraft(request, webhook);
  return placeDraft({ ...identity, ...key, retryOf: id, draft }, dependencies);
}

function requireRetryable(task: Task): void {
  const reason = reasonAgainst(task);
  if (reason !== undefined) throw new ConchError('video_not_retryable', reason);
}

function reasonAgainst(task: Task): string | undefined {
  const video = `The video ${toVideoId(task.id)}`;
  const rule = 'only one that failed or was canceled can be retried';
  if (!isTerminal(task.state)) return `${video} is ${task.state}; ${rule}. Wait for its end`;
  if (task.state === 'completed') return `${video} is completed; ${rule}. Remix it, or place a new order`;
  if (!hasKeptHold(task)) return undefined;
  return `${video} keeps its hold: nobody knows yet whether a provider took the money. Ask the operator to resolve it, or place a new order`;
}
