import type { Execution, ExecutionStatus } from './execution.ts';

/** An execution as DescribeExecution and status events tell it. */
export interface ExecutionDescription {
  readonly executionArn: string;
  readonly stateMachineArn: string;
  readonly name: string;
  readonly status: ExecutionStatus;
  readonly startDate: Date;
  readonly stopDate?: Date;
  /** JSON text, as is `output`. */
  readonly input: string;
  readonly output?: string;
  readonly error?: string;
  readonly cause?: string;
}

export function statusOf({ closed }: Execution): ExecutionStatus {
  return closed?.status ?? 'RUNNING';
}

export function describe(execution: Execution): ExecutionDescription {
  const { arn, stateMachineArn, name, startedAt, input, closed } = execution;
  const { at, status = 'RUNNING', ...outcome } = closed ?? {};
  return {
    executionArn: arn,
    stateMachineArn,
    name,
    status,
    startDate: new Date(startedAt),
    ...(at === undefined ? {} : { stopDate: new Date(at) }),
    input,
    ...outcome,
  };
}
