import type { SentRequest } from '../../support/fault-kit/faulty-front.ts';
import type { Mishap } from '../../support/fault-kit/mishaps.ts';
import { pick, type Random } from '../random.ts';
import type { Wave } from './planned-calls.ts';

const spoiltReadShare = 0.1;
const readMishaps: readonly Mishap[] = [
  { kind: 'lost' },
  { kind: 'answer_lost' },
  { kind: 'turned_away', status: 503 },
  { kind: 'answer_replaced', status: 500 },
];

/** What becomes of the requests of planned calls; of all others some are spoilt, and their repeats get through. */
export function createNetwork(waves: readonly Wave[], random: Random): (sent: SentRequest) => Mishap {
  const planned = new Map(waves.flatMap(({ calls }) => calls).map((call) => [call.name, call]));
  const highest = new Map<string, number>();
  return ({ caller, retryCount }) => {
    const isRead = caller === '';
    if (isRead) return retryCount === 0 && random() < spoiltReadShare ? pick(random, readMishaps) : fine;
    const call = planned.get(caller);
    const isOvertaken = retryCount < (highest.get(caller) ?? 0);
    highest.set(caller, Math.max(retryCount, highest.get(caller) ?? 0));
    // A busy machine may reorder them too; only the plan shall.
    if (isOvertaken && call?.idempotencyKey === undefined) return { kind: 'lost' };
    return call?.mishaps[retryCount] ?? fine;
  };
}

const fine: Mishap = { kind: 'none' };
