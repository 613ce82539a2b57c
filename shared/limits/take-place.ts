import { secondsAfter, secondsBetween } from '../clock.ts';
import type { ProviderLimits } from '../domain/offer.ts';
import type { Standing } from '../domain/standing.ts';
import type { Task } from '../domain/task.ts';
import { grantPlace, handOver } from './hand-over.ts';
import { type LimitsContext, limitsOf } from './limits-context.ts';

/** `granted` may start at `at`; `full` must wait, for a known time or until it is woken. */
export type Place =
  | { readonly kind: 'granted'; readonly at: string; readonly isLeased: boolean }
  | { readonly kind: 'full'; readonly availableAt?: string };

/**
 * A place at the task's provider if there is one right now, and nobody waits who came before. `known` is the standing
 * where it was read just now.
 */
export async function tryPlace(task: Task, context: LimitsContext, known?: Standing): Promise<Place> {
  const { provider, id } = task;
  const standing = known ?? (await context.standings.get(provider)).standing;
  if (standing.leases[id] === undefined) {
    const [head] = await context.queue.listFirst(provider, 1);
    if (head !== undefined && head.id !== id) return { kind: 'full' };
    const now = context.clock.now();
    if (isUnlimited(standing, limitsOf(context, provider))) {
      return { kind: 'granted', at: now.toISOString(), isLeased: false };
    }
  }
  const grant = await grantPlace({ provider, taskId: id, leadSeconds: 0 }, context);
  return grant.kind === 'full' ? grant : { kind: 'granted', at: grant.at, isLeased: true };
}

/** Joins the queue, then tries once more: a place may have come free in between. */
export async function waitForPlace(task: Task, context: LimitsContext): Promise<Place> {
  const { provider } = task;
  await context.queue.join(provider, task);
  await handOver(provider, context);
  return tryPlace(task, context);
}

/** Nothing is written for a provider that limits nothing: most orders need no place. */
function isUnlimited(standing: Standing, limits: ProviderLimits): boolean {
  return Object.keys(limits).length === 0 && standing.pauses === 0 && standing.stoppedAt === undefined;
}

/**
 * How long who is not granted sleeps. The head of the queue knows when its window opens; the others are woken
 * when it is their turn, and their sleep ends with the time that a task may wait at all.
 */
export function sleepSeconds(
  place: Extract<Place, { kind: 'full' }>,
  { createdAt }: Task,
  { now, maxQueueSeconds }: { readonly now: Date; readonly maxQueueSeconds: number },
): number {
  const lastSeconds = secondsBetween(now, secondsAfter(createdAt, maxQueueSeconds + 1));
  const { availableAt } = place;
  const seconds =
    availableAt === undefined ? lastSeconds : Math.min(lastSeconds, secondsBetween(now, availableAt));
  return Math.min(Math.max(1, Math.ceil(seconds)), 86_400);
}
