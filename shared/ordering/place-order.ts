import type { Violation } from '../domain/quote.ts';
import type { StepInput } from '../domain/workflow-state.ts';
import { ConchError, InvalidRequestError } from '../errors.ts';
import { newTaskId } from '../ids.ts';
import { acceptTask, isSameOrder, type LedgerTables, newTask } from '../ledger/accept.ts';
import { logger } from '../logger.ts';
import type { TaskStore, TaskView } from '../storage/task-store.ts';
import { hashOrder } from './hash-order.ts';
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
  readonly ledger: LedgerTables;
  startExecution(input: StepInput): Promise<void>;
}

interface Order {
  readonly account: string;
  readonly parsed: ParsedOrder;
  /** The same key with the same order is the same task; with another order it is refused. */
  readonly idempotencyKey?: string;
  /** The path under `outbox/<account>/` without extension, for an order from the inbox. */
  readonly outboxName?: string;
}

/**
 * Turns an order into an accepted task, priced and held, and starts its execution. Throws
 * InvalidRequestError with everything that is wrong; then nothing is stored, held or sent to a provider.
 */
export async function placeOrder(order: Order, dependencies: OrderingDependencies): Promise<TaskView> {
  const requestHash = hashOrder(order.parsed.draft);
  const earlier = await findEarlier(order, requestHash, dependencies);
  if (earlier !== undefined) return earlier;
  const market = await openMarket(dependencies);
  refuseIfAny(judgeBeforeImages(order.parsed, market));
  const { draft } = order.parsed;
  const { probed, violations } = await probeMedia(draft, order.account, dependencies);
  refuseIfAny(violations);
  const { request, priced } = routeOrder(toRequest(draft, probed), draft.imageParams, market);
  await storeImages(probed.images, dependencies.media);
  const task = newTask({ ...order, priced, request, requestHash, now: dependencies.clock.now() });
  return accept({ task, request }, dependencies);
}

/** A repeat is answered from what was accepted, even if the order could not be placed again today. */
async function findEarlier(
  { account, idempotencyKey, parsed }: Order,
  requestHash: string,
  { tasks }: OrderingDependencies,
): Promise<TaskView | undefined> {
  if (idempotencyKey === undefined || parsed.violations.length > 0) return undefined;
  const view = await tasks.getTaskView(newTaskId(account, idempotencyKey));
  if (view !== undefined && !isSameOrder(view.task, { account, requestHash })) throw mismatch();
  return view;
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

async function accept(view: TaskView, { ledger, startExecution }: OrderingDependencies): Promise<TaskView> {
  const outcome = await acceptTask(view, ledger);
  if (outcome.kind === 'mismatch') throw mismatch();
  if (outcome.kind === 'duplicate') return { ...view, task: outcome.task };
  const { id: taskId, run } = outcome.task;
  try {
    await startExecution({ taskId, run });
  } catch (error) {
    logger.warn('The execution did not start; the sweeper will start it', { taskId, error });
  }
  return view;
}

/** Throws one InvalidRequestError with all that is wrong. */
export function refuseIfAny([first, ...others]: readonly Violation[]): void {
  if (first !== undefined) throw new InvalidRequestError([first, ...others]);
}

function mismatch(): ConchError {
  return new ConchError('idempotency_mismatch', 'This Idempotency-Key was used with another order');
}
