import { ArnFormat, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import {
  DefinitionBody,
  type IChainable,
  LogLevel,
  type LogOptions,
  StateMachine,
  StateMachineType,
  Succeed,
} from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { acknowledgeWildcard } from '../constructs/acknowledge-wildcard.ts';
import type { GatewayFunction } from '../constructs/gateway-function.ts';
import { archiveVideo } from './archive-video.ts';
import { awaitWakeUp } from './await-wake-up.ts';
import { checkJob } from './check-job.ts';
import { routeDecision } from './route-decision.ts';
import { settleTask } from './settle-task.ts';
import { submitToProvider } from './submit-to-provider.ts';

export interface GenerationWorkflowProps {
  readonly tasks: Table;
  readonly submitToProvider: GatewayFunction;
  readonly checkJob: GatewayFunction;
  readonly archiveVideo: GatewayFunction;
  readonly settleTask: GatewayFunction;
}

/** The life of one task: one execution from the order to the settled account. */
export class GenerationWorkflow extends Construct {
  readonly stateMachine: StateMachine;

  constructor(scope: Construct, id: string, props: GenerationWorkflowProps) {
    super(scope, id);
    this.stateMachine = new StateMachine(this, 'StateMachine', {
      comment: 'Submit, sleep, look, archive, settle',
      stateMachineType: StateMachineType.STANDARD,
      definitionBody: DefinitionBody.fromChainable(this.define(props)),
      logs: this.logOptions(),
      tracingEnabled: true,
    });
    Validations.of(this.stateMachine).acknowledge({
      id: 'AwsSolutions-SF1',
      reason: 'The execution history has every event for 90 days; the log needs the errors only.',
    });
    acknowledgeWildcard(this, '*', 'Log delivery and X-Ray have no resources to name.');
  }

  grantStart(...functions: readonly GatewayFunction[]): void {
    for (const gatewayFunction of functions) {
      gatewayFunction.setVariable('STATE_MACHINE_ARN', this.stateMachine.stateMachineArn);
      gatewayFunction.allow({
        actions: ['states:StartExecution'],
        resources: [this.stateMachine.stateMachineArn],
      });
    }
  }

  grantDescribe(gatewayFunction: GatewayFunction): void {
    gatewayFunction.allow({
      actions: ['states:DescribeExecution'],
      resources: [this.executionsArn()],
      wildcardReason: 'An execution is named after its task.',
    });
  }

  /** Allows to end a sleep by its token. */
  grantWake(gatewayFunction: GatewayFunction): void {
    gatewayFunction.allow({
      actions: ['states:SendTaskSuccess'],
      resources: [this.stateMachine.stateMachineArn],
    });
  }

  private define(props: GenerationWorkflowProps): IChainable {
    const done = new Succeed(this, 'Done');
    const settle = settleTask(this, props.settleTask, done);
    const archive = archiveVideo(this, props.archiveVideo, settle);
    const look = checkJob(this, props.checkJob);
    const sleep = awaitWakeUp(this, props.tasks, look);
    const submit = submitToProvider(this, props.submitToProvider, sleep);
    const route = routeDecision(this, { submit, await: sleep, archive, settle, done });
    submit.next(route);
    look.next(route);
    return submit;
  }

  private executionsArn(): string {
    const { stack, stateMachineName } = this.stateMachine;
    return stack.formatArn({
      service: 'states',
      resource: `execution:${stateMachineName}`,
      resourceName: '*',
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
  }

  private logOptions(): LogOptions {
    const destination = new LogGroup(this, 'Logs', {
      logGroupName: `/aws/vendedlogs/conch/${Stack.of(this).stackName}/workflow`,
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    return { destination, level: LogLevel.ERROR, includeExecutionData: false };
  }
}
