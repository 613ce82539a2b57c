import type { IChainable } from 'aws-cdk-lib/aws-stepfunctions';
import type { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import type { GatewayFunction } from '../constructs/gateway-function.ts';
import { invokeStep } from './invoke-step.ts';
import { settleRetry } from './retry-policies.ts';

/** Ends the task and books its money. Without a catch: the sweeper starts a failed execution again. */
export function settleTask(scope: Construct, step: GatewayFunction, done: IChainable): LambdaInvoke {
  const state = invokeStep(scope, 'SettleTask', step);
  state.addRetry(settleRetry);
  state.next(done);
  return state;
}
