import { ArnFormat, Stack } from 'aws-cdk-lib';
import { Policy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { generationWorkflow, type WorkflowParts } from '../workflow/generation-workflow.ts';
import type { GatewayFunction } from './gateway-function.ts';
import { standardStateMachine } from './standard-state-machine.ts';

/** The state machine that runs one execution for each run of a task. */
export class Workflow extends Construct {
  readonly stateMachine: StateMachine;

  constructor(scope: Construct, id: string, parts: WorkflowParts) {
    super(scope, id);
    const definition = generationWorkflow(this, parts);
    this.stateMachine = standardStateMachine(this, { definition, logName: 'workflow' });
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
}
