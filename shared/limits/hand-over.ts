import type { Task } from '../domain/task.ts';
import { type Grant, grantStart, releaseLease } from '../routing/limiter.ts';
import { type LimitsContext, limitsOf } from './limits-context.ts';
import { wakeTask } from './wake-task.ts';

/** A sleeper needs so long to wake up: a place that begins at once would be missed. */
const wakeSeconds = 2;
/** So many at once; who comes after them is served by the next who gives a place back, or by the sweeper. */
const maxHandOvers = 25;

/**
 * Gives the places that are free to those who waited longest, and wakes them: granted first, then woken, then
 * out of the queue. Whoever dies in between leaves a head that holds its place already, and the next hand-over
 * wakes it again. Returns how many were woken.
 */
export async function handOver(provider: string, context: LimitsContext): Promise<number> {
  let woken = 0;
  for (let tries = 0; tries < maxHandOvers; tries += 1) {
    const [head] = await context.queue.listFirst(provider, 1);
    if (head === undefined) break;
    if (!isWaitingFor(provider, await context.tasks.getTask(head.id))) {
      await context.queue.leave(provider, head);
      continue;
    }
    const grant = await grantPlace({ provider, taskId: head.id, leadSeconds: wakeSeconds }, context);
    if (grant.kind === 'full') break;
    const outcome = await wakeTask(head.id, context);
    await context.queue.leave(provider, head);
    if (outcome === 'woken') woken += 1;
    else await context.standings.update(provider, (standing) => releaseLease(standing, head.id));
  }
  return woken;
}

/** Whoever died on its way out of the queue left a row behind, and may have its place, or another provider's. */
function isWaitingFor(provider: string, task: Task | undefined): boolean {
  if (task?.state !== 'accepted' || task.provider !== provider) return false;
  return task.failure === undefined && task.cancelRequestedAt === undefined;
}

interface PlaceRequest {
  readonly provider: string;
  readonly taskId: string;
  readonly leadSeconds: number;
}

export async function grantPlace(
  { provider, ...request }: PlaceRequest,
  context: LimitsContext,
): Promise<Grant> {
  const limits = limitsOf(context, provider);
  let grant: Grant = { kind: 'full' };
  await context.standings.update(provider, (standing) => {
    grant = grantStart(standing, { ...request, limits, now: context.clock.now() });
    return grant.kind === 'granted' ? grant.standing : undefined;
  });
  return grant;
}
