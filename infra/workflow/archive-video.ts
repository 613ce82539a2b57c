import { type IChainable, Pass, Result } from 'aws-cdk-lib/aws-stepfunctions';
import type { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import type { GatewayFunction } from '../constructs/gateway-function.ts';
import { invokeStep } from './invoke-step.ts';
import { anyFailure, archiveRetry } from './retry-policies.ts';
import { stepPath } from './state-paths.ts';

const pauseSeconds = 300;

interface Exits {
  readonly sleep: IChainable;
  readonly settle: IChainable;
}

/**
 * Brings the video into our bucket. It is paid for, so whatever fails is tried again after a pause; the look
 * that ends the pause gives it up after hours.
 */
export function archiveVideo(
  scope: Construct,
  step: GatewayFunction,
  { sleep, settle }: Exits,
): LambdaInvoke {
  const pause = new Pass(scope, 'PauseArchiving', {
    comment: 'The copy failed several times: sleep, look, and try again',
    result: Result.fromObject({ decision: 'await', nextLookSeconds: pauseSeconds }),
    resultPath: stepPath,
  });
  pause.next(sleep);
  const state = invokeStep(scope, 'ArchiveVideo', step);
  state.addRetry(archiveRetry);
  state.addCatch(pause, anyFailure);
  state.next(settle);
  return state;
}
