import type { BusEvent } from './event-bus.ts';
import type { TimerClock } from './timer-clock.ts';

const retryDelaysSeconds = [1, 2];

interface DeliveryOptions {
  /** Invokes a target; a rejection is a failed delivery. */
  readonly deliver: (arn: string, event: BusEvent) => Promise<unknown>;
  readonly clock: TimerClock;
}

interface EventDelivery {
  /** Delivers in the background; what fails is tried twice more, then reported. */
  start(arn: string, event: BusEvent): void;
  /** Gives up the deliveries that wait for a retry. */
  close(): void;
}

export function createEventDelivery({ deliver, clock }: DeliveryOptions): EventDelivery {
  const pendingRetries = new Set<() => void>();

  async function attempt(arn: string, event: BusEvent, failures: number): Promise<void> {
    try {
      await deliver(arn, event);
    } catch (error) {
      const delaySeconds = retryDelaysSeconds[failures];
      if (delaySeconds !== undefined) retryAfter(delaySeconds, () => attempt(arn, event, failures + 1));
      else console.error(`Event ${event.id} could not be delivered to ${arn}`, error);
    }
  }

  function retryAfter(seconds: number, retry: () => Promise<void>) {
    const at = new Date(clock.now().getTime() + seconds * 1000);
    const cancel = clock.schedule(at, () => {
      pendingRetries.delete(cancel);
      void retry();
    });
    pendingRetries.add(cancel);
  }

  return {
    start: (arn, event) => void attempt(arn, event, 0),
    close() {
      for (const cancel of pendingRetries) cancel();
      pendingRetries.clear();
    },
  };
}
