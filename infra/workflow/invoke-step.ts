import { Duration } from 'aws-cdk-lib';
import { JsonPath, TaskInput, Timeout } from 'aws-cdk-lib/aws-stepfunctions';
import { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import { acknowledgeWildcard } from '../constructs/acknowledge-wildcard.ts';
import type { GatewayFunction } from '../constructs/gateway-function.ts';
import { runPath, stepPath, taskIdPath } from './state-paths.ts';

/** A state that runs one step of a task: `{taskId, run}` in, a `StepDecision` out. */
export function invokeStep(scope: Construct, id: string, step: GatewayFunction): LambdaInvoke {
  const payload = { taskId: JsonPath.stringAt(taskIdPath), run: JsonPath.numberAt(runPath) };
  return invokeFunction(scope, id, { step, payload });
}

interface Invocation {
  readonly step: GatewayFunction;
  readonly payload: Readonly<Record<string, string | number>>;
}

/**
 * A state that runs a function. Its time-out is 30 s longer than the function's, so that the function's own end is
 * what counts. It retries nothing: each state says what it does.
 */
export function invokeFunction(scope: Construct, id: string, { step, payload }: Invocation): LambdaInvoke {
  acknowledgeWildcard(
    scope,
    `${step.lambda.functionArn}:*`,
    'Step Functions may name a version of the step.',
  );
  return new LambdaInvoke(scope, id, {
    lambdaFunction: step.lambda,
    payload: TaskInput.fromObject({ ...payload }),
    payloadResponseOnly: true,
    resultPath: stepPath,
    retryOnServiceExceptions: false,
    taskTimeout: Timeout.duration(step.timeout.plus(Duration.seconds(30))),
  });
}
