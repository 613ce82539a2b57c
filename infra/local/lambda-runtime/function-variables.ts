import type { LocalFunction } from '../template/read-functions.ts';
import { localRegion } from '../template/resource-identities.ts';

/** The environment that Lambda itself gives to a function, under the template's, under the overrides. */
export function toFunctionVariables(
  definition: LocalFunction,
  overrides: Readonly<Record<string, string>>,
): Record<string, string> {
  return {
    AWS_REGION: localRegion,
    AWS_DEFAULT_REGION: localRegion,
    AWS_LAMBDA_FUNCTION_NAME: definition.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(definition.memoryMegabytes),
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${definition.name}`,
    LAMBDA_TASK_ROOT: definition.directory,
    _HANDLER: definition.handler,
    ...definition.environment,
    ...overrides,
  };
}
