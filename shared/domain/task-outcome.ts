import type { Failure } from './job-progress.ts';
import { currentAttempt, type Task, type TerminalState } from './task.ts';

/** Where a live task stands, worked out from its row alone, so that every step may run again from the top. */
export type TaskPosition =
  /** Nothing was sent yet. */
  | 'unsent'
  /** An attempt was claimed, and nobody wrote down how it ended. */
  | 'claimed'
  /** The last attempt failed for its provider's reasons and is proven unpaid: another offer may serve. */
  | 'turned_down'
  /** The provider works, or may be working. */
  | 'awaiting'
  /** The provider is done; its video is not yet ours. */
  | 'archiving'
  /** What it ends as is known. */
  | 'decided'
  | 'terminal';

export function positionOf(task: Task): TaskPosition {
  switch (task.state) {
    case 'completed':
    case 'failed':
    case 'canceled':
      return 'terminal';
    case 'accepted':
      return task.failure === undefined ? 'unsent' : 'decided';
    case 'submitting':
    case 'processing':
      if (task.failure !== undefined) return 'decided';
      if (currentAttempt(task)?.failure !== undefined) return 'turned_down';
      return task.state === 'submitting' ? 'claimed' : 'awaiting';
    case 'archiving':
      return task.failure === undefined && task.result === undefined ? 'archiving' : 'decided';
  }
}

/** How a task ends: what is taken from the hold, or that it stays for a person to review. */
export interface TaskOutcome {
  readonly state: TerminalState;
  readonly failure?: Failure;
  readonly money: 'capture' | 'release' | 'keep_hold';
}

/** The outcome that a row asks for. Throws for a task whose outcome is not known. */
export function outcomeOf(task: Task): TaskOutcome {
  if (task.result !== undefined) return { state: 'completed', money: 'capture' };
  const { failure } = task;
  if (failure === undefined) throw new Error(`Task ${task.id} is ${task.state} and has no outcome to settle`);
  if (currentAttempt(task)?.outcome === 'unknown') return { state: 'failed', failure, money: 'keep_hold' };
  const state = failure.code === 'canceled' ? 'canceled' : 'failed';
  return { state, failure, money: failure.charged === 'yes' ? 'capture' : 'release' };
}
