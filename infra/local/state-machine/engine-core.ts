import { secondsAfter } from '../../../shared/clock.ts';
import { AwsServiceError } from '../aws-service-error.ts';
import type { TimerClock } from '../timer-clock.ts';
import { type Machine, parseDefinition } from './definition.ts';
import { applyRecord, type Execution, type ExecutionRecord } from './execution.ts';
import { describe, type ExecutionDescription } from './execution-description.ts';
import type { NewEvent } from './history.ts';
import { type Journal, openJournal } from './journal.ts';
import { closeExecution, type Integrations, type Run } from './run.ts';
import { runExecution } from './run-execution.ts';

export interface StateMachineEngineOptions {
  readonly clock: TimerClock;
  /** Where executions are kept; without it they are forgotten with the process. */
  readonly journalDirectory?: string;
  readonly machines: readonly MachineOptions[];
  readonly integrations: Integrations;
  /** Called at once when an execution starts and when it closes. */
  readonly onStatusChange?: (event: ExecutionDescription) => void;
}

interface MachineOptions {
  readonly arn: string;
  readonly name: string;
  /** Amazon States Language as parsed JSON. */
  readonly definition: unknown;
  readonly roleArn?: string;
}

export interface MachineDescription extends MachineOptions {
  readonly creationDate: Date;
}

/** What the engine's commands and queries share. */
export interface EngineCore {
  readonly clock: TimerClock;
  readonly machines: ReadonlyMap<string, Machine>;
  readonly machineDescriptions: readonly MachineDescription[];
  readonly journal: Journal;
  /** The open executions by ARN, each with how to drop it. */
  readonly runs: Map<string, OpenRun>;
  readonly integrations: Integrations;
  readonly onStatusChange: (event: ExecutionDescription) => void;
}

interface OpenRun {
  readonly run: Run;
  /** Stops working on the execution without ending it. */
  drop(): void;
}

/** Stands in for a machine that is no longer deployed: its executions fail, as no state can be found. */
const goneMachine: Machine = { arn: '', name: '', definition: { StartAt: '', States: {} } };

/** Reads the definitions and the journal, and goes on with every execution that is open. */
export function createEngineCore(options: StateMachineEngineOptions): EngineCore {
  const { clock, machines, integrations, onStatusChange = () => {} } = options;
  const parsed = machines.map((machine) => ({
    ...machine,
    definition: parseDefinition(machine.name, machine.definition),
  }));
  const core: EngineCore = {
    clock,
    machines: new Map(parsed.map((machine) => [machine.arn, machine])),
    machineDescriptions: machines.map((machine) => ({ ...machine, creationDate: clock.now() })),
    journal: openJournal(options.journalDirectory, clock.now()),
    runs: new Map(),
    integrations,
    onStatusChange,
  };
  for (const execution of core.journal.executions.values()) {
    if (execution.closed === undefined) openRun(core, execution);
  }
  return core;
}

export function requireMachine({ machines }: EngineCore, stateMachineArn: string): Machine {
  const machine = machines.get(stateMachineArn);
  if (machine !== undefined) return machine;
  throw new AwsServiceError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${stateMachineArn}'`);
}

export function requireExecution({ journal }: EngineCore, executionArn: string): Execution {
  const execution = journal.executions.get(executionArn);
  if (execution !== undefined) return execution;
  throw new AwsServiceError('ExecutionDoesNotExist', `Execution Does Not Exist: '${executionArn}'`);
}

/** Journals a change and makes it. All its events happen at the same moment. */
export function writeRecord(
  core: EngineCore,
  record: Omit<ExecutionRecord, 'events'>,
  events: readonly NewEvent[],
): void {
  const at = core.clock.now().toISOString();
  const stamped = { ...record, events: events.map((event) => ({ ...event, at })) };
  core.journal.append(stamped);
  applyRecord(core.journal.executions, stamped);
}

/** Starts to work on an execution from its position. */
export function openRun(core: EngineCore, execution: Execution): void {
  const ending = new AbortController();
  const run: Run = {
    execution,
    machine: core.machines.get(execution.stateMachineArn) ?? goneMachine,
    clock: core.clock,
    integrations: core.integrations,
    signal: ending.signal,
    wake: () => {},
    commit({ events, position, closed }) {
      ending.signal.throwIfAborted();
      const closing = closed && { closed: { ...closed, at: core.clock.now().toISOString() } };
      writeRecord(core, { executionArn: execution.arn, position, ...closing }, events);
      if (closed === undefined) return;
      core.runs.delete(execution.arn);
      ending.abort();
      core.onStatusChange(describe(execution));
    },
  };
  core.runs.set(execution.arn, { run, drop: () => ending.abort() });
  limitDuration(run);
  // Not now: whoever makes the engine has not even got it yet.
  queueMicrotask(() => runExecution(run));
}

function limitDuration(run: Run): void {
  const { TimeoutSeconds } = run.machine.definition;
  if (TimeoutSeconds === undefined) return;
  const dueAt = new Date(secondsAfter(run.execution.startedAt, TimeoutSeconds));
  const cancel = run.clock.schedule(dueAt, () =>
    closeExecution(run, 'TIMED_OUT', { error: 'States.Timeout' }),
  );
  run.signal.addEventListener('abort', cancel, { once: true });
}
