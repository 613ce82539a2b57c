import { describeShortfall } from '../domain/budget.ts';
import type { Violation } from '../domain/quote.ts';
import type { StepInput } from '../domain/workflow-state.ts';
import { ConchError, InvalidRequestError } from '../errors.ts';
import { type AcceptOutcome, acceptTask, isSameOrder, type LedgerTables, newTask } from '../ledger/accept.ts';
import { logger } from '../logger.ts';
import type { FingerprintStore } from '../storage/fingerprint-store.ts';
import type { TaskStore, TaskView } from '../storage/task-store.ts';
import { hashOrder } from './hash-order.ts';
import { claimTaskId, findKnownOrder, mismatch, type OrderIdentity } from './known-order.ts';
import { storeImages } from './order-images.ts';
import { type OrderMediaDependencies, probeMedia, toQuotable, toRequest } from './order-media.ts';
import type { ParsedOrder } from './parse-order.ts';
import {
  type Market,
  openMarket,
  type RoutingDependencies,
  routeOrder,
  violationsOf,
} from './route-order.ts';

export interface OrderingDependencies extends OrderMediaDependencies, RoutingDependencies {
  readonly tasks: TaskStore;
  readonly fingerprints: FingerprintStore;
  readonly ledger: LedgerTables;
  startExecution(input: StepInput): Promise<void>;
}

interface Order extends Omit<OrderIdentity, 'requestHash'> {
  /** The API key that it came with; absent for an order from the inbox. */
  readonly keyId?: string;
  /** The path under `outbox/<account>/` without extension, for an order from the inbox. */
  readonly outboxName?: string;
}

/**
 * Turns an order into an accepted task, priced and held, and starts its execution. Throws
 * InvalidRequestError with everything that is wrong; then nothing is stored, held or sent to a provider.
 */
export async function placeOrder(order: Order, dependencies: OrderingDependencies): Promise<TaskView> {
  const requestHash = hashOrder(order.parsed.draft);
  const known = await findKnownOrder({ ...order, requestHash }, dependencies);
  // A repeat is answered from what was accepted, even if the order could not be placed again today.
  if (known?.view !== undefined) return known.view;
  const market = await openMarket(dependencies);
  refuseIfAny(judgeBeforeImages(order.parsed, market));
  // Before anything that takes time: a repeat may come while this request is still at work.
  const id = await claimTaskId({ ...order, requestHash }, known, dependencies);
  const { draft } = order.parsed;
  const { probed, violations } = await probeMedia(draft, order.account, dependencies);
  refuseIfAny(violations);
  const { request, priced } = routeOrder(toRequest(draft, probed), draft.imageParams, market);
  await storeImages(probed.images, dependencies.media);
  const task = newTask({ ...order, priced, request, requestHash, now: dependencies.clock.now() });
  return accept({ task: { ...task, id }, request }, dependencies);
}

/** All that can be refused before an image is fetched: the types, and the offers' rules but the images'. */
function judgeBeforeImages({ draft, violations }: ParsedOrder, market: Market): Violation[] {
  const refused = new Set(violations.map(({ param }) => param.split('.')[0]));
  // Without what it is made from an order would be taken for another operation.
  if (sourceFields.some((field) => refused.has(field))) return [...violations];
  const rules = violationsOf(toQuotable(draft), market);
  return [...violations, ...rules.filter(({ param }) => !refused.has(param))];
}

const sourceFields = [
  'operation',
  'first_frame_image',
  'input_reference',
  'last_frame_image',
  'subject_image',
  'source_video',
];

async function accept(view: TaskView, dependencies: OrderingDependencies): Promise<TaskView> {
  const outcome = await acceptOrReadBack(view, dependencies);
  if (outcome.kind === 'mismatch') throw mismatch();
  if (outcome.kind === 'no_budget') {
    throw new ConchError('budget_exceeded', describeShortfall(outcome.shortfall));
  }
  const placed = { ...view, task: outcome.task };
  if (outcome.kind === 'duplicate') return placed;
  const { id: taskId, run } = outcome.task;
  try {
    await dependencies.startExecution({ taskId, run });
  } catch (error) {
    logger.warn('The execution did not start; the sweeper will start it', { taskId, error });
  }
  return placed;
}

/** A transaction that failed may have been written; then its order is accepted, and must not end as an error. */
async function acceptOrReadBack(
  view: TaskView,
  { ledger, tasks }: OrderingDependencies,
): Promise<AcceptOutcome> {
  try {
    return await acceptTask(view, ledger);
  } catch (error) {
    const task = await tasks.getTask(view.task.id).catch(() => {
      // Not the error itself: of a busy table it would say that nothing was ordered.
      throw new Error('Nobody knows whether the order was accepted', { cause: error });
    });
    if (task === undefined || !isSameOrder(task, view.task)) throw error;
    return { kind: 'accepted', task };
  }
}

/** Throws one InvalidRequestError with all that is wrong. */
export function refuseIfAny([first, ...others]: readonly Violation[]): void {
  if (first !== undefined) throw new InvalidRequestError([first, ...others]);
}
