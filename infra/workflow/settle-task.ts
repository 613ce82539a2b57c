import type { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import type { GatewayFunction } from '../constructs/gateway-function.ts';
import { invokeStep } from './invoke-step.ts';
import { settleRetry } from './retry-policies.ts';

/** Ends the task, books its money, and is the end. Without a catch: the sweeper starts a failed execution again. */
export function settleTask(scope: Construct, step: GatewayFunction): LambdaInvoke {
  const state = invokeStep(scope, 'SettleTask', step);
  state.addRetry(settleRetry);
  return state;
}
