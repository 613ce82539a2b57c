import { ArnFormat, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { Policy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import {
  DefinitionBody,
  LogLevel,
  type LogOptions,
  StateMachine,
  StateMachineType,
} from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { generationWorkflow, type WorkflowParts } from '../workflow/generation-workflow.ts';
import { acknowledgeWildcard } from './acknowledge-wildcard.ts';
import type { GatewayFunction } from './gateway-function.ts';

/** The state machine that runs one execution for each run of a task. */
export class Workflow extends Construct {
  readonly stateMachine: StateMachine;

  constructor(scope: Construct, id: string, parts: WorkflowParts) {
    super(scope, id);
    this.stateMachine = new StateMachine(this, 'StateMachine', {
      stateMachineType: StateMachineType.STANDARD,
      definitionBody: DefinitionBody.fromChainable(generationWorkflow(this, parts)),
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
    const { stateMachineArn } = this.stateMachine;
    for (const gatewayFunction of functions) {
      gatewayFunction.setVariable('STATE_MACHINE_ARN', stateMachineArn);
      gatewayFunction.allow({ actions: ['states:StartExecution'], resources: [stateMachineArn] });
    }
  }

  grantDescribe(gatewayFunction: GatewayFunction): void {
    gatewayFunction.allow({
      actions: ['states:DescribeExecution'],
      resources: [this.executionsArn()],
      wildcardReason: 'An execution is named after its task.',
    });
  }

  /**
   * Allows ending a sleep by its token. In a policy of its own: a function waits for the policy of its role, and the
   * state machine waits for its steps, so that CloudFormation would refuse the circle.
   */
  grantWake(...functions: readonly GatewayFunction[]): void {
    const resources = [this.stateMachine.stateMachineArn];
    new Policy(this, 'WakePolicy', {
      roles: functions.map(({ role }) => role),
      statements: [new PolicyStatement({ actions: ['states:SendTaskSuccess'], resources })],
    });
  }

  private executionsArn(): string {
    return Stack.of(this).formatArn({
      service: 'states',
      resource: `execution:${this.stateMachine.stateMachineName}`,
      resourceName: '*',
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
  }

  /** Without data: a task token in a log would be a credential in a log. */
  private logOptions(): LogOptions {
    const destination = new LogGroup(this, 'Logs', {
      logGroupName: `/aws/vendedlogs/conch/${Stack.of(this).stackName}/workflow`,
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    return { destination, level: LogLevel.ERROR, includeExecutionData: false };
  }
}
