import { type IChainable, Pass, Result } from 'aws-cdk-lib/aws-stepfunctions';
import type { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import type { GatewayFunction } from '../constructs/gateway-function.ts';
import { invokeStep } from './invoke-step.ts';
import { anyFailure } from './retry-policies.ts';
import { stepPath } from './state-paths.ts';

const firstLookSeconds = 30;

/** Buys the video. No Retry at all: whatever went wrong, the order may have left, so it goes to sleep on it. */
export function submitToProvider(scope: Construct, step: GatewayFunction, sleep: IChainable): LambdaInvoke {
  const assumeSubmitted = new Pass(scope, 'AssumeSubmitted', {
    comment: 'Nobody knows whether the order left: it is never sent again, and looked at soon',
    result: Result.fromObject({ decision: 'await', nextLookSeconds: firstLookSeconds }),
    resultPath: stepPath,
  });
  assumeSubmitted.next(sleep);
  const state = invokeStep(scope, 'SubmitToProvider', step);
  state.addCatch(assumeSubmitted, anyFailure);
  return state;
}
