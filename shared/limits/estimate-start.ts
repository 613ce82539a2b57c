import type { Offer } from '../domain/offer.ts';
import type { Task } from '../domain/task.ts';
import { expectedStart, releaseLease } from '../routing/limiter.ts';
import { type LimitsContext, limitsOf } from './limits-context.ts';
import { learnedSeconds } from './survey.ts';

/**
 * When a task may expect to start if it buys this offer. What comes before it in the queue is counted; a place that
 * it holds there itself is not in its way.
 */
export async function estimateStart(
  task: Pick<Task, 'id' | 'createdAt'>,
  offer: Offer,
  context: LimitsContext,
): Promise<string> {
  const [record, waiting] = await Promise.all([
    context.standings.get(offer.provider),
    context.queue.countBefore(offer.provider, task),
  ]);
  const { standing } = record;
  return expectedStart(releaseLease(standing, task.id) ?? standing, {
    limits: limitsOf(context, offer.provider),
    waiting,
    typicalSeconds: learnedSeconds(offer, record),
    now: context.clock.now(),
  });
}
