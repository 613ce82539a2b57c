import type { Machine } from './definition.ts';
import type { Execution } from './execution.ts';
import { readPath, type Scope } from './expression.ts';
import { parsePath, writeAt } from './json-path.ts';
import { StatesError } from './states-error.ts';

/** The most that a document may have as JSON text. */
export const largestDocumentBytes = 262_144;

interface ScopeOptions {
  readonly execution: Execution;
  readonly machine: Machine;
  /** Readable as `$$.Task.Token`. */
  readonly token?: string;
}

/** What the present state's expressions read: its raw input and the context object. */
export function toScope({ execution, machine, token }: ScopeOptions): Scope {
  const { state, enteredAt, retryCounts, input } = execution.position;
  const context = {
    Execution: {
      Id: execution.arn,
      Name: execution.name,
      Input: JSON.parse(execution.input),
      StartTime: execution.startedAt,
      ...(machine.roleArn === undefined ? {} : { RoleArn: machine.roleArn }),
    },
    State: {
      Name: state,
      EnteredTime: enteredAt,
      RetryCount: retryCounts.reduce((sum, count) => sum + count, 0),
    },
    StateMachine: { Id: machine.arn, Name: machine.name },
    ...(token === undefined ? {} : { Task: { Token: token } }),
  };
  return { document: input, context };
}

/** What InputPath or OutputPath selects; `null` selects an empty object. */
export function selectBy(path: string | null, scope: Scope): unknown {
  return path === null ? {} : readPath(path, scope);
}

/** Puts a result into a state's raw input where ResultPath says; `null` drops the result. */
export function combine(input: unknown, resultPath: string | null, result: unknown): unknown {
  if (resultPath === null) return input;
  const combined = writeAt(input, parsePath(resultPath).steps, result);
  if (combined !== undefined) return combined;
  throw new StatesError(
    'States.ResultPathMatchFailure',
    `Cannot write at ${resultPath} of the state's input`,
  );
}

/** JSON text of what a state takes or gives; throws States.DataLimitExceeded above 256 KiB. */
export function toJson(value: unknown): string {
  const text = JSON.stringify(value);
  if (Buffer.byteLength(text) <= largestDocumentBytes) return text;
  const cause = `A state's data may have ${largestDocumentBytes} bytes at most`;
  throw new StatesError('States.DataLimitExceeded', cause);
}
