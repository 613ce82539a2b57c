import { secondsAfter } from '../../shared/clock.ts';
import type { ProviderLimits } from '../../shared/domain/offer.ts';
import type { Task } from '../../shared/domain/task.ts';
import type { LimitsContext } from '../../shared/limits/limits-context.ts';
import { createManualClock } from './manual-clock.ts';
import { placeTestOrder } from './orders.ts';
import { startSleepers } from './sleepers.ts';
import { startTables, type Tables } from './tables.ts';

/** What keeping limits takes, on embedded servers: one provider, with these limits. */
export async function startLimits(limits: ProviderLimits) {
  const tables = await startTables();
  const sleepers = await startSleepers();
  const clock = createManualClock();
  const context: LimitsContext = {
    tasks: tables.tasks,
    standings: tables.standings,
    queue: tables.queue,
    executions: sleepers.executions,
    clock,
    providers: new Map([['piapi', { limits }]]),
  };
  return {
    ...tables,
    clock,
    context,
    /** Tokens of the executions that were woken. */
    released: sleepers.released,
    async close() {
      await Promise.all([tables.close(), sleepers.close()]);
    },
  };
}
export type Limits = Awaited<ReturnType<typeof startLimits>>;

/** Orders for piapi that arrive a second after each other. */
export async function placeOrders(tables: Tables, count: number): Promise<Task[]> {
  const start = new Date('2026-03-02T10:00:00.000Z');
  const tasks: Task[] = [];
  for (let number = 0; number < count; number += 1) {
    tasks.push(await placeTestOrder(tables, { now: new Date(secondsAfter(start, number)) }));
  }
  return tasks;
}

/** The task sleeps in the queue under a token that is its id. */
export async function queueUp({ tasks, queue }: Tables, { id, createdAt, provider }: Task): Promise<void> {
  await queue.join(provider, { id, createdAt });
  await tasks.amend(id, { set: { taskToken: id, queuedAt: createdAt } });
}
