import { isSilent, type Mishap } from '../../support/fault-kit/mishaps.ts';
import { pick, type Random } from '../random.ts';
import { type FreeOrder, planFreeOrders } from '../random-faults.ts';

/** One call of `videos.create`. */
export interface PlannedCall {
  readonly name: string;
  /** Equal calls share it. */
  readonly order: FreeOrder;
  /** Absent means that only the client's count marks its repeats. */
  readonly idempotencyKey?: string;
  /** What becomes of its requests, the first one first; later ones get through. */
  readonly mishaps: readonly Mishap[];
}

/** Calls that are made at the same moment. */
export interface Wave {
  readonly calls: readonly PlannedCall[];
  /** So much time passes between the orders and what their clients learn of them. */
  readonly secondsInDoubt: number;
  /** So much time passes before the next wave. */
  readonly secondsAfter: number;
}

export interface WavesPlan {
  readonly calls: number;
  readonly perWave: number;
  readonly providerNames: readonly string[];
}

const statuses = [500, 502, 503, 504] as const;
/** Of the client's first, second and third request. */
const mishapShares = [0.65, 0.45, 0.25] as const;
const equalShare = 0.25;
const keyedShare = 0.4;
/** As long as a job takes, and less than the ten minutes in which a repeat without a key is known. */
const mostSecondsInDoubt = 400;
const mostSecondsBetween = 120;

/** A quarter of the calls ask for just what the call before them asked for, and are orders of their own. */
export function planWaves(random: Random, { calls, perWave, providerNames }: WavesPlan): readonly Wave[] {
  const orders = planFreeOrders(random, calls, providerNames).values();
  let order = orders.next().value;
  const planned = Array.from({ length: calls }, (_, index) => {
    if (index > 0 && random() >= equalShare) order = orders.next().value;
    if (order === undefined) throw new RangeError('There are more calls than orders');
    return planCall(random, order, `call-${index}`);
  });
  const waves = Array.from({ length: Math.ceil(calls / perWave) }, (_, index) => index);
  return waves.map((index) => ({
    calls: planned.slice(index * perWave, (index + 1) * perWave),
    secondsInDoubt: index % 2 === 0 ? 0 : Math.ceil(random() * mostSecondsInDoubt),
    secondsAfter: Math.ceil(random() * mostSecondsBetween),
  }));
}

function planCall(random: Random, order: FreeOrder, name: string): PlannedCall {
  const isKeyed = random() < keyedShare;
  const mishaps = mishapShares.map((share, request): Mishap => {
    if (random() >= share) return { kind: 'none' };
    return drawMishap(random, { isKeyed, isFirst: request === 0 });
  });
  return { name, order, mishaps, ...(isKeyed && { idempotencyKey: `key of ${name}` }) };
}

/**
 * Without a key nothing tells a copy of a request from another call, nor a first request that its own repeat
 * overtook from a second order: these two strike orders with a key only.
 */
function drawMishap(random: Random, { isKeyed, isFirst }: { isKeyed: boolean; isFirst: boolean }): Mishap {
  const status = pick(random, statuses);
  return pick<Mishap>(random, [
    { kind: 'lost' },
    { kind: 'turned_away', status },
    { kind: 'swallowed' },
    { kind: 'answer_lost' },
    { kind: 'answer_torn' },
    { kind: 'answer_replaced', status },
    { kind: 'answer_replaced', status },
    { kind: 'answer_swallowed' },
    ...(isKeyed || !isFirst ? [{ kind: 'late' as const }] : []),
    ...(isKeyed ? [{ kind: 'twice' as const }] : []),
  ]);
}

/** Whether its client waits for an answer that never comes. */
export function meetsSilence({ mishaps }: PlannedCall): boolean {
  return mishaps.some(isSilent);
}
