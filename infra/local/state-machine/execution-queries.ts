import type { EngineCore } from './engine-core.ts';
import { requireExecution, requireMachine } from './engine-core.ts';
import type { ExecutionStatus } from './execution.ts';
import { describe, type ExecutionDescription, statusOf } from './execution-description.ts';
import { type AwsHistoryEvent, toAwsHistory } from './history.ts';
import { type PageRequest, takePage } from './page.ts';

export interface ListRequest extends PageRequest {
  readonly stateMachineArn: string;
  readonly statusFilter?: ExecutionStatus;
}

export interface ExecutionPage {
  readonly executions: readonly ExecutionDescription[];
  readonly nextToken?: string;
}

export interface HistoryRequest extends PageRequest {
  readonly executionArn: string;
  readonly reverseOrder?: boolean;
}

export interface HistoryPage {
  readonly events: readonly AwsHistoryEvent[];
  readonly nextToken?: string;
}

/** The executions of a machine, the one that started last first. */
export function listExecutions(core: EngineCore, request: ListRequest): ExecutionPage {
  const { stateMachineArn, statusFilter } = request;
  requireMachine(core, stateMachineArn);
  const matching = [...core.journal.executions.values()]
    .filter((execution) => execution.stateMachineArn === stateMachineArn)
    .filter((execution) => statusFilter === undefined || statusOf(execution) === statusFilter)
    .reverse();
  const { items, ...more } = takePage(matching, ({ arn }) => arn, request);
  return { executions: items.map(describe), ...more };
}

export function getExecutionHistory(core: EngineCore, request: HistoryRequest): HistoryPage {
  const events = toAwsHistory(requireExecution(core, request.executionArn).events);
  const ordered = request.reverseOrder ? events.reverse() : events;
  const { items, ...more } = takePage(ordered, ({ id }) => String(id), request);
  return { events: items, ...more };
}
