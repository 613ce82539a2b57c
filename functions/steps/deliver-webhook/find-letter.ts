import type { Clock } from '../../../shared/clock.ts';
import { findOffer, type Offer } from '../../../shared/domain/offer.ts';
import { isExpired } from '../../../shared/domain/retention.ts';
import { isTerminal } from '../../../shared/domain/task.ts';
import type { VideoRequest } from '../../../shared/domain/video-request.ts';
import { type Delivery, eventOf } from '../../../shared/domain/webhook.ts';
import { toDoorView } from '../../../shared/ordering/door-view.ts';
import { toVideoObject } from '../../../shared/ordering/video-object.ts';
import { type Door, dialectOf } from '../../../shared/providers/door.ts';
import { type EndpointStore, stillSigning } from '../../../shared/storage/endpoint-store.ts';
import type { TaskStore, TaskView } from '../../../shared/storage/task-store.ts';
import { signedMessage, toBudgetEvent, toEvent } from './webhook-message.ts';

export interface LetterContext {
  readonly tasks: Pick<TaskStore, 'getTaskView'>;
  readonly endpoints: EndpointStore;
  readonly offers: readonly Offer[];
  readonly doors: readonly Door[];
  /** The base of keyless links, without a trailing slash. */
  readonly publicUrl: string;
  readonly clock: Clock;
}

/** What is to be sent where, as things stand now. */
export interface Letter {
  readonly kind: 'letter';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Whether it may travel by plain http. */
  readonly takesHttp?: boolean;
}

type FoundLetter = Letter | { readonly kind: 'none'; readonly reason: string };

interface Target {
  readonly url: string;
  /** Each signs. */
  readonly secrets: readonly string[];
  /** Of the provider's API in whose words it is told; absent means ours. */
  readonly dialect?: string | undefined;
}

/** Reads the receiver and the video anew: an address may have changed, and a video may be gone. */
export async function findLetter(
  account: string,
  delivery: Delivery,
  context: LetterContext,
): Promise<FoundLetter> {
  const view = await readView(delivery, context);
  if (typeof view === 'string') return { kind: 'none', reason: view };
  const target =
    delivery.receiver.kind === 'order'
      ? toOrderTarget(view?.request)
      : await findEndpoint(account, delivery.receiver.endpointId, context);
  if (typeof target === 'string') return { kind: 'none', reason: target };
  return writeLetter({ delivery, view, target }, context);
}

/** The reason where there is nothing to tell; absent for what is about no video. */
async function readView(
  { taskId, type }: Delivery,
  { tasks }: LetterContext,
): Promise<TaskView | string | undefined> {
  if (taskId === undefined) return undefined;
  const view = await tasks.getTaskView(taskId);
  if (view === undefined || view.task.deletedAt !== undefined) return 'The video was deleted';
  const { state } = view.task;
  if (isTerminal(state) && eventOf(state) === type) return view;
  return `The video is ${state} since`;
}

function toOrderTarget(request: VideoRequest | undefined): Target | string {
  const { url, secret, dialect } = request?.webhook ?? {};
  if (url === undefined) return 'The order names no webhook';
  return { url, secrets: secret === undefined ? [] : [secret], dialect };
}

async function findEndpoint(
  account: string,
  endpointId: string,
  { endpoints, clock }: LetterContext,
): Promise<Target | string> {
  const endpoint = (await endpoints.list(account)).find(({ id }) => id === endpointId);
  if (endpoint === undefined) return 'The endpoint was deleted';
  if (!endpoint.isEnabled) return 'The endpoint is disabled';
  const old = stillSigning(endpoint, clock.now()).map(({ secret }) => secret);
  return { url: endpoint.url, secrets: [endpoint.secret, ...old] };
}

interface Writing {
  readonly delivery: Delivery;
  readonly view: TaskView | undefined;
  readonly target: Target;
}

function writeLetter({ delivery, view, target }: Writing, context: LetterContext): FoundLetter {
  const { url, secrets, dialect } = target;
  const now = context.clock.now();
  if (view === undefined) {
    const body = JSON.stringify(toBudgetEvent(delivery));
    return { kind: 'letter', url, ...signedMessage({ id: delivery.id, body, secrets, now }) };
  }
  const door = context.doors.find((candidate) => dialectOf(candidate) === dialect);
  const offer = findOffer(context.offers, view.task);
  const shown = { publicUrl: context.publicUrl, now, typicalSeconds: offer?.typicalSeconds, offer };
  if (door?.callbackMessage === undefined) {
    const body = JSON.stringify(toEvent(delivery, toVideoObject(view, shown)));
    return { kind: 'letter', url, ...signedMessage({ id: delivery.id, body, secrets, now }) };
  }
  // Its client would find no task either; our own message says of itself that the video has expired.
  if (isExpired(view.task, now)) return { kind: 'none', reason: 'The video has expired' };
  const own = door.callbackMessage(toDoorView(door, view, shown), now);
  const body = JSON.stringify(own.body);
  // A dialect has its own proof; beside it the headers of ours that need no secret.
  const { headers } = signedMessage({ id: delivery.id, body, secrets: [], now });
  return { kind: 'letter', url, headers: { ...headers, ...own.headers }, body, takesHttp: true };
}
