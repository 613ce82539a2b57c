import {
  createEngineCore,
  type EngineCore,
  type MachineDescription,
  requireExecution,
  type StateMachineEngineOptions,
} from './engine-core.ts';
import {
  type StartedExecution,
  type StartRequest,
  type StopRequest,
  sendTaskFailure,
  sendTaskSuccess,
  startExecution,
  stopExecution,
  type TaskFailure,
  type TaskSuccess,
} from './execution-commands.ts';
import { describe, type ExecutionDescription } from './execution-description.ts';
import {
  type ExecutionPage,
  getExecutionHistory,
  type HistoryPage,
  type HistoryRequest,
  type ListRequest,
  listExecutions,
} from './execution-queries.ts';
import { countTransitions } from './history.ts';

/** Runs state machines as AWS Step Functions does. Refusals are `AwsServiceError`s with AWS's codes. */
export interface StateMachineEngine {
  /** Starting a running execution again with the same name and input changes nothing. */
  startExecution(request: StartRequest): StartedExecution;
  stopExecution(request: StopRequest): { readonly stopDate: Date };
  describeExecution(executionArn: string): ExecutionDescription;
  listExecutions(request: ListRequest): ExecutionPage;
  getExecutionHistory(request: HistoryRequest): HistoryPage;
  sendTaskSuccess(success: TaskSuccess): void;
  sendTaskFailure(failure: TaskFailure): void;
  listStateMachines(): readonly MachineDescription[];
  /** State transitions that AWS would bill so far: states entered and retries. */
  countTransitions(executionArn: string): number;
  /** Stops working and frees the journal; open executions go on when it is opened again. */
  close(): void;
}

/**
 * Throws when a definition holds anything that the engine does not know. Executions that an existing journal
 * shows as open go on in the next microtask: what the integrations need must be there by then.
 */
export function createStateMachineEngine(options: StateMachineEngineOptions): StateMachineEngine {
  const core = createEngineCore(options);
  return {
    startExecution: (request) => startExecution(core, request),
    stopExecution: (request) => stopExecution(core, request),
    describeExecution: (executionArn) => describe(requireExecution(core, executionArn)),
    listExecutions: (request) => listExecutions(core, request),
    getExecutionHistory: (request) => getExecutionHistory(core, request),
    sendTaskSuccess: (success) => sendTaskSuccess(core, success),
    sendTaskFailure: (failure) => sendTaskFailure(core, failure),
    listStateMachines: () => core.machineDescriptions,
    countTransitions: (executionArn) => countTransitions(requireExecution(core, executionArn).events),
    close: () => close(core),
  };
}

function close({ runs, journal }: EngineCore): void {
  for (const { drop } of runs.values()) drop();
  runs.clear();
  journal.close();
}
