import type { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import type { GatewayFunction } from '../constructs/gateway-function.ts';
import { invokeStep } from './invoke-step.ts';
import { checkRetry } from './retry-policies.ts';

/** Takes one look at the provider's job. Without a catch: the sweeper starts a failed execution again. */
export function checkJob(scope: Construct, step: GatewayFunction): LambdaInvoke {
  const state = invokeStep(scope, 'CheckJob', step);
  state.addRetry(checkRetry);
  return state;
}
