import { secondsAfter } from '../../../shared/clock.ts';
import type { MemoryGateway } from '../in-memory/memory-gateway.ts';

/** Moves the clock by `seconds`, from timer to timer. */
export async function passTime(seconds: number, gateway: MemoryGateway): Promise<void> {
  const { clock } = gateway;
  let isOver = false;
  clock.schedule(new Date(secondsAfter(clock.now(), seconds)), () => {
    isOver = true;
  });
  while (!isOver) await passTimer(gateway);
}

/** Moves the clock to the next timer. A call that is on its way arrives before any time passes. */
export async function passTimer({ clock, activity, workers }: MemoryGateway): Promise<void> {
  await workers.deliverLate();
  clock.advanceToNextTimer();
  await activity.untilQuiet();
}
