import { newTaskId, toVideoId } from '../../../shared/ids.ts';
import type { Delivery } from '../../support/fault-kit/faulty-front.ts';
import type { Books } from '../../support/in-memory/read-books.ts';
import { provingAccount } from './customer.ts';
import type { PlacedCall } from './placed-calls.ts';

interface Found extends Pick<Books, 'tasks' | 'prompts'> {
  readonly deliveries: readonly Delivery[];
}

/** What is wrong with the orders that the calls became: too many, too few, or told to the wrong client. */
export function judgeCalls(placed: readonly PlacedCall[], { tasks, prompts, deliveries }: Found): string[] {
  const ids = new Set(tasks.map(({ id }) => toVideoId(id)));
  const arrived = new Set(deliveries.filter(isFirstAccepted).map(({ caller }) => caller));
  const crowds = Map.groupBy(placed, ({ call }) => call.order.prompt);
  return [
    ...deliveries.flatMap(findRefusal),
    ...placed.flatMap((one) => judgeTold(one, ids)),
    ...[...crowds].flatMap(([prompt, crowd]) => {
      const videos = tasks.filter(({ id }) => prompts.get(id) === prompt).length;
      return judgeCrowd({ prompt, crowd, videos, arrived });
    }),
  ];
}

function isFirstAccepted({ retryCount, answer }: Delivery): boolean {
  return retryCount === 0 && answer.status === 200;
}

/** A gateway may break down or be busy; it has no reason to refuse an order for what it is. */
function findRefusal({ caller, answer }: Delivery): string[] {
  const isRefused = answer.status >= 400 && answer.status < 500;
  return isRefused ? [`${caller} was refused: ${JSON.stringify(answer.body)}`] : [];
}

function judgeTold({ call, videoId }: PlacedCall, ids: ReadonlySet<string>): string[] {
  const { name, idempotencyKey } = call;
  if (videoId !== undefined && !ids.has(videoId))
    return [`${name} was told of ${videoId}, which is not there`];
  if (idempotencyKey === undefined) return [];
  const own = toVideoId(newTaskId(provingAccount, idempotencyKey));
  return videoId === own ? [] : [`${name} was told of ${videoId}, and its key stands for ${own}`];
}

interface Crowd {
  readonly prompt: string;
  readonly crowd: readonly PlacedCall[];
  /** That exist of what they all asked for. */
  readonly videos: number;
  /** Callers whose first request became an order. */
  readonly arrived: ReadonlySet<string>;
}

/** Calls for the same are as many orders at most; those whose first request came through are orders for certain. */
function judgeCrowd({ prompt, crowd, videos, arrived }: Crowd): string[] {
  const certain = crowd.filter(({ call }) => call.idempotencyKey !== undefined || arrived.has(call.name));
  return [
    ...(videos > crowd.length ? [`${prompt}: ${crowd.length} calls became ${videos} orders`] : []),
    ...(videos < certain.length ? [`${prompt}: ${certain.length} calls became ${videos} orders`] : []),
  ];
}
