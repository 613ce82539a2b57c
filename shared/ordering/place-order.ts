import type { Clock } from '../clock.ts';
import type { Offer } from '../domain/offer.ts';
import type { PricedOffer, Violation } from '../domain/quote.ts';
import type { VideoRequest } from '../domain/video-request.ts';
import type { StepInput } from '../domain/workflow-state.ts';
import { ConchError, InvalidRequestError } from '../errors.ts';
import { newTaskId } from '../ids.ts';
import { acceptTask, isSameOrder, type LedgerTables, newTask } from '../ledger/accept.ts';
import { logger } from '../logger.ts';
import { chooseOffer } from '../routing/policies.ts';
import type { QuotableRequest } from '../routing/quotable-request.ts';
import { quote } from '../routing/quote.ts';
import type { TaskStore, TaskView } from '../storage/task-store.ts';
import { hashOrder } from './hash-order.ts';
import type { OrderDraft } from './order-draft.ts';
import { type ImageDependencies, type ProbedImages, probeImages, storeImages } from './order-images.ts';
import type { ParsedOrder } from './parse-order.ts';

export interface OrderingDependencies extends ImageDependencies {
  readonly offers: readonly Offer[];
  readonly tasks: TaskStore;
  readonly ledger: LedgerTables;
  readonly clock: Clock;
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
  refuseIfAny(judgeBeforeImages(order.parsed, dependencies.offers));
  const { probed, violations } = await probeImages(order.parsed.draft, order.account, dependencies);
  refuseIfAny(violations);
  const { request, priced } = choose(order.parsed.draft, probed, dependencies.offers);
  await storeImages(probed, dependencies.media);
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
function judgeBeforeImages({ draft, violations }: ParsedOrder, offers: readonly Offer[]): Violation[] {
  const refused = new Set(violations.map(({ param }) => param.split('.')[0]));
  // Without its images an order would be taken for another operation.
  if (imageFields.some((field) => refused.has(field))) return [...violations];
  const images = Object.entries(draft.images).flatMap(([role, input]) => (input ? [[role, {}]] : []));
  const { fields, imageParams } = draft;
  const request: QuotableRequest = { ...fields, ...Object.fromEntries(images), imageParams };
  const choice = chooseOffer(quote(request, offers), request);
  const rules = choice.kind === 'chosen' ? [] : choice.violations;
  return [...violations, ...rules.filter(({ param }) => !refused.has(param))];
}

const imageFields = ['first_frame_image', 'input_reference', 'last_frame_image', 'subject_image'];

function choose(
  { fields, imageParams }: OrderDraft,
  images: ProbedImages,
  offers: readonly Offer[],
): { readonly request: VideoRequest; readonly priced: PricedOffer } {
  const sources = Object.entries(images).map(([role, { source }]) => [role, source]);
  const request: VideoRequest = { ...fields, ...Object.fromEntries(sources) };
  const choice = chooseOffer(quote({ ...request, imageParams }, offers), request);
  if (choice.kind === 'refused') throw new InvalidRequestError(choice.violations);
  const { seconds, resolution } = choice.priced.variant;
  return { request: { ...request, seconds, resolution }, priced: choice.priced };
}

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

function refuseIfAny([first, ...others]: readonly Violation[]): void {
  if (first !== undefined) throw new InvalidRequestError([first, ...others]);
}

function mismatch(): ConchError {
  return new ConchError('idempotency_mismatch', 'This Idempotency-Key was used with another order');
}
