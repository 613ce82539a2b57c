import {
  type IChainable,
  JsonPath,
  Pass,
  Result,
  Succeed,
  Wait,
  WaitTime,
} from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { DeliveryDecision } from '../../shared/domain/webhook.ts';
import type { GatewayFunction } from '../constructs/gateway-function.ts';
import { invokeFunction } from './invoke-step.ts';
import { anyFailure, deliveryRetry } from './retry-policies.ts';
import { routeDecision } from './route-decision.ts';
import { accountPath, deliveryIdPath, runPath, stepPath, waitSecondsPath } from './state-paths.ts';

/**
 * So long that an outage of 14 days fits into an execution, which AWS ends after 25,000 events: a cycle of six tries and a
 * pause is 24 of them (docs.aws.amazon.com/step-functions/latest/dg/limits.html, read 2026-11-21).
 */
const pauseSeconds = 30 * 60;

/** The life of a webhook's delivery: send, wait, send again. When and how often is on its row. */
export function deliveryWorkflow(scope: Construct, step: GatewayFunction): IChainable {
  const deliver = invokeFunction(scope, 'DeliverWebhook', {
    step,
    payload: {
      account: JsonPath.stringAt(accountPath),
      deliveryId: JsonPath.stringAt(deliveryIdPath),
      run: JsonPath.numberAt(runPath),
    },
  });
  const wait = new Wait(scope, 'AwaitNextAttempt', { time: WaitTime.secondsPath(waitSecondsPath) });
  const pause = new Pass(scope, 'PauseDelivery', {
    comment: 'Our own side failed several times: wait, and go on from the row',
    result: Result.fromObject({ decision: 'wait', waitSeconds: pauseSeconds }),
    resultPath: stepPath,
  });
  const done = new Succeed(scope, 'Done');
  deliver.addRetry(deliveryRetry);
  deliver.addCatch(pause.next(wait), anyFailure);
  deliver.next(routeDecision<DeliveryDecision['decision']>(scope, { wait, done }));
  wait.next(deliver);
  return deliver;
}
