import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { AwsServiceError } from '../aws-service-error.ts';
import type { StateMachineEngine } from './engine.ts';
import type { MachineDescription } from './engine-core.ts';
import { closedStatuses } from './execution.ts';
import type { ExecutionDescription } from './execution-description.ts';

const page = {
  maxResults: z.int().min(0).max(1000).exactOptional(),
  nextToken: z.string().exactOptional(),
};
const reason = { error: z.string().exactOptional(), cause: z.string().exactOptional() };
const executionSchema = z.strictObject({ executionArn: z.string() });
const machineSchema = z.strictObject({ stateMachineArn: z.string() });

const startSchema = machineSchema.extend({
  name: z.string().default(() => randomUUID()),
  input: z.string().default('{}'),
});
const listSchema = machineSchema.extend({
  statusFilter: z.enum(['RUNNING', ...closedStatuses]).exactOptional(),
  ...page,
});
const historySchema = executionSchema.extend({
  reverseOrder: z.boolean().exactOptional(),
  includeExecutionData: z.literal(true).exactOptional(),
  ...page,
});
const successSchema = z.strictObject({ taskToken: z.string(), output: z.string() });
const failureSchema = z.strictObject({ taskToken: z.string(), ...reason });

type Operation = (input: unknown) => object;

/** Serves the engine in the shapes of AWS's JSON protocol; times are epoch seconds. */
export function createStepFunctionsService(
  engine: StateMachineEngine,
): (operation: string, input: unknown) => Promise<object> {
  const operations = new Map([
    ...executionOperations(engine),
    ...taskOperations(engine),
    ...machineOperations(engine),
  ]);
  return async (operation, input) => {
    const serve = operations.get(operation);
    if (serve !== undefined) return serve(input);
    throw new AwsServiceError('UnknownOperationException', `${operation} is not served here`);
  };
}

function executionOperations(engine: StateMachineEngine): [string, Operation][] {
  return [
    ['StartExecution', serving(startSchema, (request) => toWire(engine.startExecution(request)))],
    [
      'StopExecution',
      serving(executionSchema.extend(reason), (request) => toWire(engine.stopExecution(request))),
    ],
    [
      'DescribeExecution',
      serving(executionSchema, ({ executionArn }) => toWire(engine.describeExecution(executionArn))),
    ],
    [
      'ListExecutions',
      serving(listSchema, (request) => {
        const { executions, ...more } = engine.listExecutions(request);
        return { executions: executions.map(toListItem), ...more };
      }),
    ],
    ['GetExecutionHistory', serving(historySchema, (request) => engine.getExecutionHistory(request))],
  ];
}

function taskOperations(engine: StateMachineEngine): [string, Operation][] {
  return [
    [
      'SendTaskSuccess',
      serving(successSchema, (success) => {
        engine.sendTaskSuccess(success);
        return {};
      }),
    ],
    [
      'SendTaskFailure',
      serving(failureSchema, (failure) => {
        engine.sendTaskFailure(failure);
        return {};
      }),
    ],
  ];
}

function machineOperations(engine: StateMachineEngine): [string, Operation][] {
  const describeMachine = ({ stateMachineArn }: z.output<typeof machineSchema>) => {
    const machine = engine.listStateMachines().find(({ arn }) => arn === stateMachineArn);
    if (machine !== undefined) {
      const { definition, roleArn } = machine;
      return { ...toMachineItem(machine), status: 'ACTIVE', definition: JSON.stringify(definition), roleArn };
    }
    throw new AwsServiceError(
      'StateMachineDoesNotExist',
      `State Machine Does Not Exist: '${stateMachineArn}'`,
    );
  };
  return [
    [
      'ListStateMachines',
      serving(z.strictObject(page), () => ({ stateMachines: engine.listStateMachines().map(toMachineItem) })),
    ],
    ['DescribeStateMachine', serving(machineSchema, describeMachine)],
  ];
}

function serving<Input extends z.ZodType>(
  schema: Input,
  serve: (input: z.output<Input>) => object,
): Operation {
  return (input) => {
    const parsed = schema.safeParse(input);
    if (parsed.success) return serve(parsed.data);
    throw new AwsServiceError('ValidationException', z.prettifyError(parsed.error));
  };
}

function toMachineItem({ arn, name, creationDate }: MachineDescription): object {
  return toWire({ stateMachineArn: arn, name, type: 'STANDARD', creationDate });
}

function toListItem(execution: ExecutionDescription): object {
  const { input: _input, output: _output, error: _error, cause: _cause, ...item } = execution;
  return toWire(item);
}

function toWire(value: object): object {
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => [
      name,
      field instanceof Date ? field.getTime() / 1000 : field,
    ]),
  );
}
