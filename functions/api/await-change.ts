import { secondsAfter, secondsBetween } from '../../shared/clock.ts';
import { isTerminal, type Task } from '../../shared/domain/task.ts';
import { toGatewayObject } from '../../shared/ordering/gateway-object.ts';
import type { ApiDependencies } from './api-dependencies.ts';

/** Below it lie the 29 s of the function and the 30 s of API Gateway. */
export const maxWaitSeconds = 25;
const lookSeconds = 1;

type ChangeDependencies = Pick<ApiDependencies, 'tasks' | 'clock' | 'pause' | 'publicUrl'>;

/** The task as soon as its public state or attempts differ from what they are, else as it is after so long. */
export async function awaitChange(task: Task, waitSeconds: number, api: ChangeDependencies): Promise<Task> {
  const until = secondsAfter(api.clock.now(), waitSeconds);
  const shown = shownOf(task, api);
  let current = task;
  while (!isTerminal(current.state) && shownOf(current, api) === shown) {
    const remaining = secondsBetween(api.clock.now(), until);
    if (remaining <= 0) break;
    await api.pause(Math.min(lookSeconds, remaining));
    current = (await api.tasks.getTask(task.id)) ?? current;
  }
  return current;
}

/** A row also changes where nobody sees it: with each look, ring and sleep. */
function shownOf(task: Task, { publicUrl }: ChangeDependencies): string {
  const { state, attempts } = toGatewayObject(task, publicUrl);
  return JSON.stringify({ state, attempts });
}
