import { isTerminal } from '../domain/task.ts';
import type { VideoRequest } from '../domain/video-request.ts';
import { ConchError } from '../errors.ts';
import { toVideoId } from '../ids.ts';
import type { TaskView } from '../storage/task-store.ts';
import { hashRemix } from './hash-order.ts';
import type { OrderIdentity } from './known-order.ts';
import { toDraft } from './order-media.ts';
import { type OrderingDependencies, type OrderingKey, placeDraft } from './place-order.ts';

interface Remix
  extends OrderingKey,
    Pick<OrderIdentity, 'idempotencyKey' | 'retryCount'>,
    Pick<VideoRequest, 'webhook'> {
  /** The task that ended, and its request. */
  readonly source: TaskView;
  readonly prompt: string;
}

/**
 * Places the order of a task that ended with another prompt, at today's prices and with a webhook of its own or none;
 * repeats are known as those of any order are. Throws `video_not_ended`, and as `placeOrder` does.
 */
export async function placeRemix(
  { source: { task, request }, prompt, webhook, ...order }: Remix,
  dependencies: OrderingDependencies,
): Promise<TaskView> {
  const { id, account, state } = task;
  if (!isTerminal(state)) {
    const message = `The video ${toVideoId(id)} is ${state}; only one that ended can be remixed. Wait for its end`;
    throw new ConchError('video_not_ended', message);
  }
  const identity = { ...order, account, requestHash: hashRemix(id, prompt, webhook) };
  const draft = toDraft({ ...request, prompt }, webhook);
  return placeDraft({ ...identity, remixOf: id, draft }, dependencies);
}
