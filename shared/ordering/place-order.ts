import type { ImageLimits } from '../domain/offer.ts';
import type { Violation } from '../domain/quote.ts';
import type { VideoRequest } from '../domain/video-request.ts';
import { newWebhookSecret } from '../ids.ts';
import { newTask } from '../ledger/accept.ts';
import { judgeImages } from '../routing/image-rules.ts';
import type { FingerprintStore } from '../storage/fingerprint-store.ts';
import type { TaskStore, TaskView } from '../storage/task-store.ts';
import { type AcceptDependencies, acceptOrder } from './accept-order.ts';
import { hashOrder } from './hash-order.ts';
import { claimTaskId, findKnownOrder, type OrderIdentity } from './known-order.ts';
import type { OrderDraft } from './order-draft.ts';
import { storeImages } from './order-images.ts';
import { type OrderMediaDependencies, probeMedia, toQuotable, toRequest } from './order-media.ts';
import { refuseIfAny } from './parse-fields.ts';
import type { ParsedOrder } from './parse-order.ts';
import {
  type Market,
  openMarket,
  type RoutingDependencies,
  routeOrder,
  violationsOf,
} from './route-order.ts';
import { webhookUrlFault } from './webhook-url.ts';

export interface OrderingDependencies
  extends OrderMediaDependencies,
    RoutingDependencies,
    AcceptDependencies {
  readonly tasks: TaskStore;
  readonly fingerprints: FingerprintStore;
}

/** The API key that an order came with; absent for an order from the inbox. */
export interface OrderingKey {
  readonly keyId?: string;
  /** Whether orders are counted for the key. */
  readonly isKeyCounted?: boolean;
}

interface Order extends OrderIdentity, OrderingKey {
  readonly draft: OrderDraft;
  /** What the API that the order came through demands of its images, whoever makes the video. */
  readonly imageLimits?: ImageLimits;
  /** The path under `outbox/<account>/` without extension, for an order from the inbox. */
  readonly outboxName?: string;
  /** The task whose order it repeats, or repeats with another prompt. */
  readonly retryOf?: string;
  readonly remixOf?: string;
}

interface GivenOrder extends Omit<Order, 'draft' | 'requestHash'> {
  readonly parsed: ParsedOrder;
}

/**
 * Turns an order into an accepted task, priced and held, and starts its execution. Throws
 * InvalidRequestError with everything that is wrong; then nothing is stored, held or sent to a provider.
 */
export async function placeOrder(
  { parsed, ...order }: GivenOrder,
  dependencies: OrderingDependencies,
): Promise<TaskView> {
  const { draft, violations } = parsed;
  // Without the fields at fault its hash may be another order's, so it is not looked for.
  if (violations.length > 0) refuseIfAny(judgeFields(parsed, await openMarket(dependencies)));
  return placeDraft({ ...order, draft, requestHash: hashOrder(draft) }, dependencies);
}

/** As `placeOrder`, for an order whose fields are right and whose identity is known. */
export async function placeDraft(order: Order, dependencies: OrderingDependencies): Promise<TaskView> {
  const { draft, account } = order;
  const known = await findKnownOrder(order, dependencies);
  // A repeat is answered from what was accepted, even if the order could not be placed again today.
  if (known?.view !== undefined) return known.view;
  const market = await openMarket(dependencies);
  refuseIfAny([...violationsOf(toQuotable(draft), market), ...judgeWebhook(draft, dependencies)]);
  // Before anything that takes time: a repeat may come while this request is still at work.
  const id = await claimTaskId(order, known, dependencies);
  const { probed, violations } = await probeMedia(draft, account, dependencies);
  refuseIfAny(violations);
  const looked = toRequest(draft, probed);
  refuseIfAny(judgeImages({ ...looked, imageParams: draft.imageParams }, { image: order.imageLimits }));
  const { request: routed, priced } = routeOrder(looked, draft.imageParams, market);
  const request = withSecret(routed);
  await storeImages(probed.images, dependencies.media);
  const task = newTask({ ...order, priced, request, now: dependencies.clock.now() });
  return acceptOrder({ task: { ...task, id }, request }, dependencies);
}

/** What is wrong with where an order's end is to be told. */
export function judgeWebhook(
  { fields }: OrderDraft,
  { trustedOrigins }: Pick<OrderingDependencies, 'trustedOrigins'>,
): Violation[] {
  const { url, dialect } = fields.webhook ?? {};
  const rules = { trustedOrigins, takesHttp: dialect !== undefined };
  const fault = url === undefined ? undefined : webhookUrlFault(url, rules);
  if (fault === undefined) return [];
  return [{ param: 'webhook.url', code: 'webhook_url', message: `webhook.url ${fault}` }];
}

/** A webhook of our own API is always signed; a provider's API has its own proof. */
function withSecret(request: VideoRequest): VideoRequest {
  const { webhook } = request;
  if (webhook === undefined || webhook.dialect !== undefined || webhook.secret !== undefined) return request;
  return { ...request, webhook: { ...webhook, secret: newWebhookSecret() } };
}

/** What is wrong with fields that were refused, and with the others by the offers' rules but the images'. */
function judgeFields({ draft, violations }: ParsedOrder, market: Market): Violation[] {
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
