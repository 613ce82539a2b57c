import { releaseLease } from '../routing/limiter.ts';
import { handOver } from './hand-over.ts';
import type { LimitsContext } from './limits-context.ts';

/** Gives a task's place back, and hands it to who waits longest. Done twice it is done once. */
export async function giveBackPlace(provider: string, taskId: string, context: LimitsContext): Promise<void> {
  const { standing } = await context.standings.get(provider);
  if (standing.leases[taskId] === undefined) return;
  await context.standings.update(provider, (current) => releaseLease(current, taskId));
  await handOver(provider, context);
}
