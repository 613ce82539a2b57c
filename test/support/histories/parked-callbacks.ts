import type { CallbackReceipt } from '../../../functions/callback/receive-callback.ts';
import type { Judge } from '../fault-kit/workers.ts';
import type { CallbackDelivery } from '../in-memory/memory-callbacks.ts';

type Receive = (delivery: CallbackDelivery, judge?: Judge) => Promise<CallbackReceipt>;

/** What providers sent. Each may be delivered again and again; until it is answered well it counts as not delivered. */
export interface ParkedCallbacks {
  /** All that was ever sent. */
  readonly sent: readonly CallbackDelivery[];
  onCallback(delivery: CallbackDelivery): Promise<CallbackReceipt>;
  deliver(delivery: CallbackDelivery, judge?: Judge): Promise<CallbackReceipt>;
  /** Delivers what is not delivered yet, and from then on each at once; until the next `park`. */
  release(): void;
  park(): void;
  /** Forgets all that was sent. */
  forget(): void;
}

export function createParkedCallbacks(receive: Receive): ParkedCallbacks {
  const sent: CallbackDelivery[] = [];
  const undelivered = new Set<CallbackDelivery>();
  let isParking = true;
  const deliver = async (delivery: CallbackDelivery, judge?: Judge) => {
    const receipt = await receive(delivery, judge);
    undelivered.delete(delivery);
    return receipt;
  };
  return {
    sent,
    deliver,
    async onCallback(delivery) {
      sent.push(delivery);
      undelivered.add(delivery);
      if (!isParking) return deliver(delivery);
      // The provider is content: what it would send again is delivered from here.
      return { kind: 'rang' };
    },
    release() {
      isParking = false;
      for (const delivery of undelivered) void deliver(delivery).catch(() => undefined);
    },
    park() {
      isParking = true;
    },
    forget() {
      sent.splice(0);
      undelivered.clear();
    },
  };
}
