import { type Pause, secondsBetween } from '../clock.ts';
import { grantRequest } from '../routing/limiter.ts';
import { type LimitsContext, limitsOf } from './limits-context.ts';

/** A request that would have to wait longer is not made at all. */
const maxWaitSeconds = 20;

interface SlotContext extends Pick<LimitsContext, 'standings' | 'clock' | 'providers'> {
  readonly pause: Pause;
}

/**
 * Waits for the moment at which a request that starts nothing may leave: some providers count looks too. False
 * where that would take too long; then no moment was taken.
 */
export async function takeSlot(provider: string, context: SlotContext): Promise<boolean> {
  const limits = limitsOf(context, provider);
  if (limits.spacingMs === undefined) return true;
  let waitSeconds = 0;
  await context.standings.update(provider, (standing) => {
    const now = context.clock.now();
    const slot = grantRequest(standing, limits, now);
    waitSeconds = secondsBetween(now, slot.at);
    return waitSeconds > maxWaitSeconds ? undefined : slot.standing;
  });
  if (waitSeconds > maxWaitSeconds) return false;
  if (waitSeconds > 0) await context.pause(waitSeconds);
  return true;
}
