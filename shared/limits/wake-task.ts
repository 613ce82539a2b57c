import { releaseSleeper } from '../storage/workflow-starter.ts';
import type { LimitsContext } from './limits-context.ts';

/** Leaves word on the row first: a sleeper that is about to lie down finds it there. `gone` has ended. */
export async function wakeTask(
  taskId: string,
  { tasks, executions, clock }: Pick<LimitsContext, 'tasks' | 'executions' | 'clock'>,
): Promise<'woken' | 'gone'> {
  const rung = await tasks.amend(taskId, { set: { wake: clock.now().toISOString() } });
  if (rung === 'stale') return 'gone';
  if (rung.taskToken !== undefined) await releaseSleeper(executions, rung.taskToken);
  return 'woken';
}
