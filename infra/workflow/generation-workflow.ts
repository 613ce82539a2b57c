import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { type IChainable, Succeed } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { GatewayFunction } from '../constructs/gateway-function.ts';
import { archiveVideo } from './archive-video.ts';
import { awaitPlace, awaitWakeUp } from './await-wake-up.ts';
import { checkJob } from './check-job.ts';
import { routeDecision } from './route-decision.ts';
import { settleTask } from './settle-task.ts';
import { submitToProvider } from './submit-to-provider.ts';

export interface WorkflowParts {
  readonly tasks: Table;
  readonly submitToProvider: GatewayFunction;
  readonly checkJob: GatewayFunction;
  readonly archiveVideo: GatewayFunction;
  readonly settleTask: GatewayFunction;
}

/** The life of a task: wait for a place, submit, sleep, look, archive, settle. Each step works out its position from the row. */
export function generationWorkflow(scope: Construct, parts: WorkflowParts): IChainable {
  const done = new Succeed(scope, 'Done');
  const settle = settleTask(scope, parts.settleTask);
  const look = checkJob(scope, parts.checkJob);
  const sleep = awaitWakeUp(scope, parts.tasks, look);
  const archive = archiveVideo(scope, parts.archiveVideo, { sleep, settle });
  const submit = submitToProvider(scope, parts.submitToProvider, sleep);
  const queue = awaitPlace(scope, parts.tasks, submit);
  const route = routeDecision(scope, { submit, await: sleep, queue, archive, settle, done });
  submit.next(route);
  look.next(route);
  return submit;
}
