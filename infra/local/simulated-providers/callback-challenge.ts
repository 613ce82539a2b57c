import { isDeepStrictEqual } from 'node:util';
import { secondsAfter } from '../../../shared/clock.ts';
import type { Order } from './dialect.ts';
import type { Simulation } from './simulation.ts';

/**
 * Whether the callback URL of an order sends the challenge back as it came, in time. Nobody is asked where the
 * provider does not do that, or where the order has no such URL.
 */
export async function passesChallenge({ dialect, clock }: Simulation, { callback }: Order): Promise<boolean> {
  const { challenge } = dialect;
  if (challenge === undefined || callback === undefined) return true;
  const timeIsUp = new AbortController();
  const deadline = new Date(secondsAfter(clock.now(), challenge.withinSeconds));
  const cancel = clock.schedule(deadline, () => timeIsUp.abort());
  const message = challenge.message();
  try {
    const response = await fetch(callback.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(message),
      redirect: 'manual',
      signal: timeIsUp.signal,
    });
    return response.ok && isDeepStrictEqual(await response.json(), message);
  } catch {
    return false;
  } finally {
    cancel();
  }
}
