import { Duration } from 'aws-cdk-lib';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { deliveryWorkflow } from '../workflow/delivery-workflow.ts';
import type { GatewayFunction } from './gateway-function.ts';
import { standardStateMachine } from './standard-state-machine.ts';

/** Ten attempts, between each of which a receiver may ask for 24 hours, and days for an outage of our own. */
const timeout = Duration.days(14);

/** The state machine that runs one execution for each run of a webhook's delivery. */
export class WebhookDelivery extends Construct {
  readonly stateMachine: StateMachine;

  constructor(
    scope: Construct,
    id: string,
    { deliverWebhook }: { readonly deliverWebhook: GatewayFunction },
  ) {
    super(scope, id);
    const definition = deliveryWorkflow(this, deliverWebhook);
    this.stateMachine = standardStateMachine(this, { definition, logName: 'webhooks', timeout });
  }

  grantStart(...functions: readonly GatewayFunction[]): void {
    const { stateMachineArn } = this.stateMachine;
    for (const gatewayFunction of functions) {
      gatewayFunction.setVariable('DELIVERY_MACHINE_ARN', stateMachineArn);
      gatewayFunction.allow({ actions: ['states:StartExecution'], resources: [stateMachineArn] });
    }
  }
}
