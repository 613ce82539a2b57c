import { secondsAfter } from '../../../shared/clock.ts';
import type { MemoryGateway } from '../../support/in-memory/memory-gateway.ts';

/** As the schedule of the stack. */
const sweepSeconds = 60;

/** Moves the clock from timer to timer, whenever nothing is under way, until so much time has passed. */
export async function letTimePass(gateway: MemoryGateway, seconds: number): Promise<void> {
  const { clock, activity, workers } = gateway;
  let isOver = false;
  clock.schedule(new Date(secondsAfter(clock.now(), seconds)), () => (isOver = true));
  for (;;) {
    await activity.untilQuiet();
    await workers.deliverLate();
    if (isOver) return;
    clock.advanceToNextTimer();
    // The other timers of the same moment too: their work shall meet, as it would in life.
    clock.advance(0);
  }
}

/** Lets the sweeper run every minute, until the returned function is called. One that dies is followed by the next. */
export function sweepEveryMinute({ clock, activity, sweep }: MemoryGateway): () => void {
  let cancel = () => {};
  const schedule = () => {
    cancel = clock.schedule(new Date(secondsAfter(clock.now(), sweepSeconds)), () => {
      schedule();
      void activity.track(sweep().catch(() => undefined));
    });
  };
  schedule();
  return () => cancel();
}
