import type { TimerClock } from '../timer-clock.ts';
import { toJson } from './data-flow.ts';
import type { Machine } from './definition.ts';
import type { Closing, Execution, Pending, Position } from './execution.ts';
import type { NewEvent } from './history.ts';
import type { State } from './states.ts';
import { StatesError } from './states-error.ts';

/** How an invocation of a function ended: with its answer, or with the error that its handler threw. */
export type FunctionOutcome =
  | { readonly kind: 'returned'; readonly payload: unknown }
  | {
      readonly kind: 'failed';
      readonly errorType: string;
      readonly errorMessage: string;
      readonly trace?: readonly string[];
    };

/** What the state machine can call. A rejected `updateItem` surfaces as `DynamoDb.<the error's name>`. */
export interface Integrations {
  invokeFunction(functionArn: string, payload: unknown): Promise<FunctionOutcome>;
  updateItem(parameters: unknown): Promise<unknown>;
}

interface Change {
  readonly events: readonly NewEvent[];
  readonly position: Position;
  readonly closed?: Omit<Closing, 'at'>;
}

/** An open execution, with all that its states may touch. */
export interface Run {
  readonly execution: Execution;
  readonly machine: Machine;
  readonly clock: TimerClock;
  readonly integrations: Integrations;
  /** Aborted when the execution closed or the engine did. */
  readonly signal: AbortSignal;
  /** Ends the present wait early. */
  wake: () => void;
  /** Journals a change and makes it; throws when the signal is aborted. */
  commit(change: Change): void;
}

export function requireState({ machine }: Pick<Run, 'machine'>, name: string): State {
  const state = machine.definition.States[name];
  if (state !== undefined) return state;
  throw new StatesError('States.Runtime', `The state machine has no state "${name}"`);
}

/** The position at the door of a state, and the event of going in. */
export function enterState(machine: Machine, name: string, entry: { input: unknown; at: string }) {
  const { Type } = requireState({ machine }, name);
  const details = { name, input: toJson(entry.input) };
  const event: NewEvent = { type: `${Type}StateEntered`, details };
  const position: Position = {
    state: name,
    input: entry.input,
    enteredAt: entry.at,
    retryCounts: [],
    pending: { kind: 'entered' },
  };
  return { event, position };
}

/** Stays in the state, now waiting for something else. */
export function commitPending(run: Run, pending: Pending, events: readonly NewEvent[] = []): void {
  run.commit({ events, position: { ...run.execution.position, pending } });
}

/** Goes on to the state `next`, or ends the execution with `output` when there is none. */
export function leaveState(run: Run, output: unknown, next: string | undefined): void {
  const { position } = run.execution;
  const { Type } = requireState(run, position.state);
  const text = toJson(output);
  const exited: NewEvent = { type: `${Type}StateExited`, details: { name: position.state, output: text } };
  if (next === undefined) {
    const succeeded = { type: 'ExecutionSucceeded', details: { output: text } };
    run.commit({ events: [exited, succeeded], position, closed: { status: 'SUCCEEDED', output: text } });
    return;
  }
  const entered = enterState(run.machine, next, { input: output, at: run.clock.now().toISOString() });
  run.commit({ events: [exited, entered.event], position: entered.position });
}

/** Ends the execution; the details of FAILED, TIMED_OUT and ABORTED have one form. */
export function closeExecution(
  run: Run,
  status: 'FAILED' | 'TIMED_OUT' | 'ABORTED',
  reason: { readonly error?: string; readonly cause?: string },
): void {
  const type = { FAILED: 'ExecutionFailed', TIMED_OUT: 'ExecutionTimedOut', ABORTED: 'ExecutionAborted' }[
    status
  ];
  run.commit({
    events: [{ type, details: { ...reason } }],
    position: run.execution.position,
    closed: { status, ...reason },
  });
}

/**
 * Waits for `answer`, for `dueAt`, or until somebody wakes the run. Never settles once the run's signal is
 * aborted before the end of the wait.
 */
export async function waitFor<Value>(
  run: Run,
  dueAt: string | undefined,
  answer?: Promise<Value>,
): Promise<Value | 'due' | 'woken'> {
  const { promise, resolve } = Promise.withResolvers<Value | 'due' | 'woken'>();
  const cancel = dueAt === undefined ? () => {} : run.clock.schedule(new Date(dueAt), () => resolve('due'));
  run.signal.addEventListener('abort', cancel, { once: true });
  run.wake = () => resolve('woken');
  answer?.then(resolve);
  const outcome = await promise;
  cancel();
  run.signal.removeEventListener('abort', cancel);
  return outcome;
}
