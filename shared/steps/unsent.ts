import { type Clock, secondsBetween } from '../clock.ts';
import type { Failure } from '../domain/job-progress.ts';
import type { Task } from '../domain/task.ts';
import type { TaskStore, Written } from '../storage/task-store.ts';

/** An order that could not be sent for so long is given up. */
export const maxQueueSeconds = 24 * 60 * 60;

interface UnsentContext {
  readonly tasks: TaskStore;
  readonly clock: Clock;
}

export function hasWaitedTooLong(task: Task, { clock }: UnsentContext): boolean {
  return secondsBetween(task.createdAt, clock.now()) > maxQueueSeconds;
}

/** Only while nothing more was sent: so far nothing can have been charged. */
export async function failUnsent(task: Task, failure: Failure, { tasks }: UnsentContext): Promise<Written> {
  const guard = {
    text: 'attribute_not_exists({failure}) AND attribute_not_exists({result}) AND size({attempts}) = :tries',
    values: { ':tries': task.attempts.length },
  };
  return tasks.amend(task.id, { set: { failure } }, guard);
}

export const waitedTooLong: Failure = {
  code: 'deadline_exceeded',
  message: 'The order could not be sent to a provider within 24 hours',
  charged: 'no',
};
