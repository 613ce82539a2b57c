import { secondsAfter, secondsBetween } from '../../shared/clock.ts';
import type { Task } from '../../shared/domain/task.ts';
import type { ApiDependencies } from './api-dependencies.ts';

const lookSeconds = 1;

interface Waiting {
  readonly waitSeconds: number;
  isReached(task: Task): boolean;
}

/** Reads the row once a second: the task as soon as it is what is waited for, else as it is after so long. */
export async function awaitTask(
  task: Task,
  { waitSeconds, isReached }: Waiting,
  { tasks, clock, pause }: Pick<ApiDependencies, 'tasks' | 'clock' | 'pause'>,
): Promise<Task> {
  const until = secondsAfter(clock.now(), waitSeconds);
  let current = task;
  while (!isReached(current)) {
    const remaining = secondsBetween(clock.now(), until);
    if (remaining <= 0) break;
    await pause(Math.min(lookSeconds, remaining));
    current = (await tasks.getTask(task.id)) ?? current;
  }
  return current;
}
