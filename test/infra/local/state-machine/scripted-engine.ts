import { setImmediate } from 'node:timers/promises';
import {
  createStateMachineEngine,
  type StateMachineEngine,
} from '../../../../infra/local/state-machine/engine.ts';
import type { ExecutionDescription } from '../../../../infra/local/state-machine/execution-description.ts';
import type { FunctionOutcome } from '../../../../infra/local/state-machine/run.ts';
import { createManualClock, type ManualClock } from '../../../support/manual-clock.ts';

export const stateMachineArn = 'arn:aws:states:us-east-1:000000000000:stateMachine:Scripted';
export const updateItemArn = 'arn:aws:states:::aws-sdk:dynamodb:updateItem';
export const tokenWaitArn = `${updateItemArn}.waitForTaskToken`;

export function functionArn(name: string): string {
  return `arn:aws:lambda:us-east-1:000000000000:function:${name}`;
}

/** The outcome of a function that returned `payload`. */
export function returned(payload: unknown): FunctionOutcome {
  return { kind: 'returned', payload };
}

export function failed(errorType: string, errorMessage = 'it broke'): FunctionOutcome {
  return { kind: 'failed', errorType, errorMessage };
}

/** An answer that never comes: what a call looks like that was under way when the process was killed. */
export function never(): Promise<never> {
  return new Promise(() => {});
}

interface Script {
  readonly definition: object;
  /** Answers a call of a function by the function's name. */
  readonly invoke?: (name: string, payload: unknown) => FunctionOutcome | Promise<FunctionOutcome>;
  readonly updateItem?: (parameters: unknown) => unknown;
  readonly clock?: ManualClock;
  readonly journalDirectory?: string;
}

export interface ScriptedEngine {
  readonly engine: StateMachineEngine;
  readonly clock: ManualClock;
  /** Every call so far, the oldest first. */
  readonly calls: { readonly target: string; readonly payload: unknown; readonly at: string }[];
  readonly statusChanges: ExecutionDescription[];
}

/** An engine with one machine, on a manual clock, whose functions do what the script says. */
export function startScriptedEngine(script: Script): ScriptedEngine {
  const { clock = createManualClock(), definition, journalDirectory } = script;
  const { invoke = () => returned({}), updateItem = () => ({}) } = script;
  const calls: ScriptedEngine['calls'] = [];
  const note = (target: string, payload: unknown) =>
    calls.push({ target, payload, at: clock.now().toISOString() });
  const statusChanges: ExecutionDescription[] = [];
  const engine = createStateMachineEngine({
    clock,
    ...(journalDirectory === undefined ? {} : { journalDirectory }),
    machines: [{ arn: stateMachineArn, name: 'Scripted', definition }],
    integrations: {
      async invokeFunction(arn, payload) {
        const name = arn.split(':').at(-1) ?? '';
        note(name, payload);
        return invoke(name, payload);
      },
      async updateItem(parameters) {
        note('updateItem', parameters);
        return updateItem(parameters);
      },
    },
    onStatusChange: (event) => statusChanges.push(event),
  });
  return { engine, clock, calls, statusChanges };
}

/** Lets the calls that were answered just now come in. */
export async function settle(): Promise<void> {
  await setImmediate();
}

/** Lets everything happen that needs no time to pass, until `condition` holds. */
export async function waitUntil(condition: () => boolean): Promise<void> {
  for (let turn = 0; turn < 1000; turn += 1) {
    if (condition()) return;
    await setImmediate();
  }
  throw new Error(`This did not come true: ${condition}`);
}

export function start({ engine }: ScriptedEngine, input: unknown = {}, name = 'one'): string {
  return engine.startExecution({ stateMachineArn, name, input: JSON.stringify(input) }).executionArn;
}

/** Waits for the end of an execution that needs no time to pass. */
export async function finish(
  { engine }: ScriptedEngine,
  executionArn: string,
): Promise<ExecutionDescription> {
  await waitUntil(() => engine.describeExecution(executionArn).status !== 'RUNNING');
  return engine.describeExecution(executionArn);
}

/** Runs an execution and gives what came out, as parsed JSON. */
export async function runToOutput(scripted: ScriptedEngine, input: unknown): Promise<unknown> {
  const { output = 'null', ...rest } = await finish(scripted, start(scripted, input));
  if (rest.status !== 'SUCCEEDED') throw new Error(`${rest.status}: ${rest.error} ${rest.cause}`);
  return JSON.parse(output);
}

export function eventTypes({ engine }: ScriptedEngine, executionArn: string): string[] {
  return engine.getExecutionHistory({ executionArn, maxResults: 1000 }).events.map(({ type }) => type);
}
