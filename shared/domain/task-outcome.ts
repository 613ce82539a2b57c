import type { Failure } from './job-progress.ts';
import { currentAttempt, isTerminal, type Task, type TerminalState } from './task.ts';

/** Where a task stands, worked out from its row alone, so that every step may run again from the top. */
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
  /** It ended without anybody knowing whether its provider took it, and since then a callback named its job. */
  | 'sought'
  /** The provider confirmed such a job, which may be at work. */
  | 'found'
  /** The provider is done with it; its video is not yet ours. */
  | 'salvaging'
  | 'terminal';

export function positionOf(task: Task): TaskPosition {
  switch (task.state) {
    case 'completed':
    case 'canceled':
      return 'terminal';
    case 'failed':
      return task.followUps.includes('evidence') ? evidencePositionOf(task) : 'terminal';
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

/** Whether its customer asked for its end while nothing of it is paid for: it must not be sent any more. */
export function isCanceledInTime(task: Task): boolean {
  const position = positionOf(task);
  return task.cancelRequestedAt !== undefined && (position === 'unsent' || position === 'turned_down');
}

/** What became of the money that was reserved for a task; what is kept waits for a person. */
export const holdStates = ['held', 'captured', 'released', 'kept'] as const;
export type HoldState = (typeof holdStates)[number];

export function holdOf({ state, chargeMicroUsd }: Task): HoldState {
  if (!isTerminal(state)) return 'held';
  if (chargeMicroUsd === undefined) return 'kept';
  return state === 'completed' || chargeMicroUsd > 0 ? 'captured' : 'released';
}

/** A video that is archived with the evidence open is that of a captured hold: it is to be published. */
function evidencePositionOf(task: Task): TaskPosition {
  if (task.result !== undefined) return 'decided';
  if (currentAttempt(task)?.jobId === undefined) return 'sought';
  return task.outputUrl === undefined ? 'found' : 'salvaging';
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
