import { AwsServiceError } from '../aws-service-error.ts';
import { largestDocumentBytes } from './data-flow.ts';
import { type EngineCore, openRun, requireExecution, requireMachine, writeRecord } from './engine-core.ts';
import type { Answer } from './execution.ts';
import { describe } from './execution-description.ts';
import { isNameFree, requireValidName, toExecutionArn } from './execution-name.ts';
import type { NewEvent } from './history.ts';
import { closeExecution, enterState, requireState } from './run.ts';
import { commitAnswer } from './task-state.ts';
import { executionArnOf } from './task-token.ts';

export interface StartRequest {
  readonly stateMachineArn: string;
  readonly name: string;
  /** JSON text. */
  readonly input: string;
}

export interface StartedExecution {
  readonly executionArn: string;
  readonly startDate: Date;
}

export function startExecution(core: EngineCore, request: StartRequest): StartedExecution {
  const { stateMachineArn, name, input } = request;
  const machine = requireMachine(core, stateMachineArn);
  requireValidName(name);
  const document = parseDocument(input, 'InvalidExecutionInput');
  const executionArn = toExecutionArn(stateMachineArn, name);
  const running = findSame(core, executionArn, input);
  if (running !== undefined) return running;
  const at = core.clock.now().toISOString();
  const { event, position } = enterState(machine, machine.definition.StartAt, { input: document, at });
  const role = machine.roleArn === undefined ? {} : { roleArn: machine.roleArn };
  const started: NewEvent = { type: 'ExecutionStarted', details: { input, ...role } };
  writeRecord(core, { executionArn, started: { stateMachineArn, at, input }, position }, [started, event]);
  const execution = requireExecution(core, executionArn);
  core.onStatusChange(describe(execution));
  openRun(core, execution);
  return { executionArn, startDate: new Date(at) };
}

/** The running execution of the same name and input; refuses a name that another execution uses up. */
function findSame(core: EngineCore, executionArn: string, input: string): StartedExecution | undefined {
  const known = core.journal.executions.get(executionArn);
  if (known === undefined || isNameFree(known, core.clock.now())) return undefined;
  if (known.closed === undefined && known.input === input) {
    return { executionArn, startDate: new Date(known.startedAt) };
  }
  throw new AwsServiceError('ExecutionAlreadyExists', `Execution Already Exists: '${executionArn}'`);
}

export interface StopRequest {
  readonly executionArn: string;
  readonly error?: string;
  readonly cause?: string;
}

export function stopExecution(
  core: EngineCore,
  { executionArn, ...reason }: StopRequest,
): { stopDate: Date } {
  const execution = requireExecution(core, executionArn);
  const open = core.runs.get(executionArn);
  if (open !== undefined) closeExecution(open.run, 'ABORTED', reason);
  return { stopDate: new Date(execution.closed?.at ?? core.clock.now()) };
}

export interface TaskSuccess {
  readonly taskToken: string;
  /** JSON text. */
  readonly output: string;
}

export interface TaskFailure {
  readonly taskToken: string;
  readonly error?: string;
  readonly cause?: string;
}

export function sendTaskSuccess(core: EngineCore, { taskToken, output }: TaskSuccess): void {
  answerToken(core, taskToken, { kind: 'succeeded', output: parseDocument(output, 'InvalidOutput') });
}

export function sendTaskFailure(core: EngineCore, { taskToken, error, cause }: TaskFailure): void {
  answerToken(core, taskToken, { kind: 'failed', error: error ?? 'States.TaskFailed', cause: cause ?? '' });
}

/** The answer is journaled before this returns, so that a kill cannot lose what was acknowledged. */
function answerToken(core: EngineCore, token: string, answer: Answer): void {
  const executionArn = executionArnOf(token);
  if (executionArn === undefined) throw new AwsServiceError('InvalidToken', 'Invalid Token');
  if (!core.journal.executions.has(executionArn)) {
    throw new AwsServiceError('TaskDoesNotExist', 'The task of this token does not exist');
  }
  const run = core.runs.get(executionArn)?.run;
  const { pending, state: name } = run?.execution.position ?? {};
  const state = run && name !== undefined ? requireState(run, name) : undefined;
  if (
    run === undefined ||
    pending?.kind !== 'awaiting_token' ||
    pending.token !== token ||
    state?.Type !== 'Task'
  ) {
    throw new AwsServiceError('TaskTimedOut', 'The task of this token timed out or was closed already');
  }
  commitAnswer(run, state, answer);
  run.wake();
}

function parseDocument(text: string, refusal: string): unknown {
  if (Buffer.byteLength(text) > largestDocumentBytes) {
    throw new AwsServiceError(
      'ValidationException',
      `The JSON text may have ${largestDocumentBytes} bytes at most`,
    );
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AwsServiceError(refusal, `Not JSON: ${cause}`);
  }
}
