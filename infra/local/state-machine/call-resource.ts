import * as z from 'zod';
import { AwsServiceError } from '../aws-service-error.ts';
import { toJson } from './data-flow.ts';
import type { Answer } from './execution.ts';
import type { Resource } from './resource.ts';
import type { FunctionOutcome, Integrations } from './run.ts';
import { StatesError } from './states-error.ts';

type Failure = Extract<Answer, { kind: 'failed' }>;

const invocationSchema = z.strictObject({ FunctionName: z.string(), Payload: z.unknown().optional() });

/** Calls what a Task state names. Never throws: whatever goes wrong becomes an error of the state. */
export async function callResource(
  integrations: Integrations,
  resource: Resource,
  parameters: unknown,
): Promise<Answer> {
  try {
    switch (resource.kind) {
      case 'function':
        return toAnswer(
          await integrations.invokeFunction(resource.functionArn, parameters),
          (payload) => payload,
        );
      case 'invoke': {
        const { FunctionName, Payload = {} } = invocationSchema.parse(parameters);
        return toAnswer(await integrations.invokeFunction(FunctionName, Payload), toInvocation);
      }
      case 'updateItem':
        return succeeded(await integrations.updateItem(parameters));
    }
  } catch (error) {
    return toFailure(resource, error);
  }
}

/** What becomes of a call whose answer was lost because the engine was killed. */
export function lostCall(resource: Resource): Failure {
  return {
    kind: 'failed',
    error: unknownError(resource),
    cause: 'The answer was lost when the engine was killed',
  };
}

function toAnswer(outcome: FunctionOutcome, toOutput: (payload: unknown) => unknown): Answer {
  if (outcome.kind === 'returned') return succeeded(toOutput(outcome.payload ?? null));
  const { errorType, errorMessage, trace = [] } = outcome;
  return { kind: 'failed', error: errorType, cause: JSON.stringify({ errorType, errorMessage, trace }) };
}

function toInvocation(payload: unknown): object {
  return { ExecutedVersion: '$LATEST', Payload: payload, StatusCode: 200 };
}

function succeeded(output: unknown): Answer {
  toJson(output);
  return { kind: 'succeeded', output };
}

function toFailure(resource: Resource, error: unknown): Failure {
  const cause = error instanceof Error ? error.message : String(error);
  if (error instanceof StatesError) return { kind: 'failed', error: error.error, cause };
  if (error instanceof z.ZodError) return { kind: 'failed', error: 'States.Runtime', cause };
  if (resource.kind !== 'updateItem') return { kind: 'failed', error: unknownError(resource), cause };
  const exception = error instanceof AwsServiceError ? error.code : error instanceof Error ? error.name : '';
  const isRefusal = /Exception$|^InternalServerError$|^RequestLimitExceeded$/.test(exception);
  return { kind: 'failed', error: isRefusal ? `DynamoDb.${exception}` : unknownError(resource), cause };
}

/** AWS's name for a call without a readable answer. */
function unknownError(resource: Resource): string {
  return resource.kind === 'updateItem' ? 'DynamoDb.SdkClientException' : 'Lambda.Unknown';
}
