import { secondsBetween } from '../../shared/clock.ts';
import type { Standing } from '../../shared/domain/standing.ts';
import { currentAttempt, isTerminal, type Task } from '../../shared/domain/task.ts';
import { handOver } from '../../shared/limits/hand-over.ts';
import type { LimitsContext } from '../../shared/limits/limits-context.ts';
import { logger } from '../../shared/logger.ts';
import { releaseLease } from '../../shared/routing/limiter.ts';

/** Whoever took a place so long ago has used it, or died. */
const leaseGraceSeconds = 2 * 60;

/** Takes back the places of tasks that are over, and hands what is free to who waits. Returns how many were woken. */
export async function tendProviders(context: LimitsContext): Promise<number> {
  const woken = await Promise.all([...context.providers.keys()].map((name) => tryTend(name, context)));
  return woken.reduce((sum, count) => sum + count, 0);
}

/** One provider that cannot be tended must not keep the others waiting. */
async function tryTend(provider: string, context: LimitsContext): Promise<number> {
  try {
    await takeBackLeases(provider, context);
    return await handOver(provider, context);
  } catch (error) {
    logger.error('A provider could not be tended', { provider, error });
    return 0;
  }
}

async function takeBackLeases(provider: string, context: LimitsContext): Promise<void> {
  const { standing } = await context.standings.get(provider);
  const now = context.clock.now();
  for (const [taskId, startAt] of Object.entries(standing.leases)) {
    if (secondsBetween(startAt, now) < leaseGraceSeconds) continue;
    const task = await context.tasks.getTask(taskId);
    if (task !== undefined && needsPlace(task, provider)) continue;
    // Whoever was given a new moment since is about to use it.
    const release = (current: Standing) =>
      current.leases[taskId] === startAt ? releaseLease(current, taskId) : undefined;
    await context.standings.update(provider, release);
  }
}

/** From the moment it was granted until the provider is done with the job. */
function needsPlace(task: Task, provider: string): boolean {
  if (isTerminal(task.state) || task.state === 'archiving' || task.provider !== provider) return false;
  if (task.state === 'accepted') return true;
  return currentAttempt(task)?.provider !== provider || currentAttempt(task)?.failure === undefined;
}
