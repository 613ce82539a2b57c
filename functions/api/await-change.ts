import { isTerminal, type Task } from '../../shared/domain/task.ts';
import { toGatewayObject } from '../../shared/ordering/gateway-object.ts';
import type { ApiDependencies } from './api-dependencies.ts';
import { awaitTask } from './await-task.ts';

/** Below it lie the 29 s of the function and the 30 s of API Gateway. */
export const maxWaitSeconds = 25;

type ChangeDependencies = Pick<ApiDependencies, 'tasks' | 'clock' | 'pause' | 'publicUrl'>;

/** The task as soon as its public state or attempts differ from what they are, else as it is after so long. */
export async function awaitChange(task: Task, waitSeconds: number, api: ChangeDependencies): Promise<Task> {
  const shown = shownOf(task, api);
  const isReached = (current: Task) => isTerminal(current.state) || shownOf(current, api) !== shown;
  return awaitTask(task, { waitSeconds, isReached }, api);
}

/** A row also changes where nobody sees it: with each look, ring and sleep. */
function shownOf(task: Task, { publicUrl, clock }: ChangeDependencies): string {
  const { state, attempts } = toGatewayObject(task, { publicUrl, now: clock.now() });
  return JSON.stringify({ state, attempts });
}
