import type { PricedOffer } from '../../../shared/domain/quote.ts';
import type { Standing } from '../../../shared/domain/standing.ts';
import type { Task } from '../../../shared/domain/task.ts';
import { type Place, tryPlace } from '../../../shared/limits/take-place.ts';
import { healthOf, takeProbe } from '../../../shared/routing/health.ts';
import { isFreeToChoose } from '../../../shared/routing/policies.ts';
import { findSooner, type Order } from './alternatives.ts';
import type { SubmitContext } from './submit-to-provider.ts';

/** Where a task may start: at its own provider, now or once a place is free, or sooner at another one. */
export type Seat =
  | Extract<Place, { kind: 'full' }>
  /** `hasTrouble` where the provider failed lately: then a success is news. */
  | (Extract<Place, { kind: 'granted' }> & { readonly hasTrouble: boolean })
  | { readonly kind: 'elsewhere'; readonly priced: PricedOffer };

/**
 * Looks for a place at the task's provider. Where the gateway may choose, an offer that starts sooner, or whose
 * provider works while this one does not, comes before the queue. Who already waits stays, unless an operator stopped
 * the provider.
 */
export async function takeSeat(order: Order, context: SubmitContext): Promise<Seat> {
  const { task, request } = order;
  const { standing } = await context.standings.get(task.provider);
  const isStaying = task.queuedAt !== undefined && standing.stoppedAt === undefined;
  const mayMove = isFreeToChoose(request) && !isStaying;
  if (mayMove && (await isShut(task, standing, context))) {
    const priced = await findSooner(order, context);
    if (priced !== undefined) return { kind: 'elsewhere', priced };
  }
  const place = await tryPlace(task, context, standing);
  const hasTrouble = standing.failures > 0 || standing.pauses > 0;
  if (place.kind === 'granted') return { ...place, hasTrouble };
  const priced = mayMove ? await findSooner(order, context) : undefined;
  return priced === undefined ? place : { kind: 'elsewhere', priced };
}

/** Whether the circuit of the task's provider is open. Of a half-open one, this task becomes the probe. */
async function isShut(
  { provider }: Task,
  standing: Standing,
  { standings, clock }: SubmitContext,
): Promise<boolean> {
  switch (healthOf(standing, clock.now())) {
    case 'closed':
      return false;
    case 'open':
      return true;
    case 'half_open': {
      let isProbe = false;
      await standings.update(provider, (current) => {
        const probed = takeProbe(current, clock.now());
        isProbe = probed !== undefined;
        return probed;
      });
      return !isProbe;
    }
  }
}
