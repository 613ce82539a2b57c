import type { IChainable } from 'aws-cdk-lib/aws-stepfunctions';
import type { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import type { GatewayFunction } from '../constructs/gateway-function.ts';
import { invokeStep } from './invoke-step.ts';
import { anyFailure, archiveRetry } from './retry-policies.ts';

/** Brings the video into our bucket. Given up or done, settling decides by the task's row. */
export function archiveVideo(scope: Construct, step: GatewayFunction, settle: IChainable): LambdaInvoke {
  const state = invokeStep(scope, 'ArchiveVideo', step);
  state.addRetry(archiveRetry);
  state.addCatch(settle, anyFailure);
  state.next(settle);
  return state;
}
