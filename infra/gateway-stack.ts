import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { AccountsTable } from './constructs/accounts-table.ts';
import { DeadLetters } from './constructs/dead-letters.ts';
import { HttpApi } from './constructs/http-api.ts';
import { MediaBucket } from './constructs/media-bucket.ts';
import { Monitoring } from './constructs/monitoring.ts';
import { ProviderAccess } from './constructs/provider-access.ts';
import { TasksTable } from './constructs/tasks-table.ts';
import { Triggers } from './constructs/triggers.ts';
import { WebhookDelivery } from './constructs/webhook-delivery.ts';
import { Workflow } from './constructs/workflow.ts';
import { createGatewayFunctions } from './gateway-functions.ts';
import { grantPermissions, type Resources, trustOrigins } from './permissions.ts';
import type { DeploymentSettings } from './settings.ts';

/** The whole gateway. Composes the constructs and defines no resource itself. */
export class GatewayStack extends Stack {
  constructor(scope: Construct, id: string, settings: DeploymentSettings) {
    super(scope, id, { description: 'Conch: a gateway for Hailuo video generation' });
    const { queue: deadLetters } = new DeadLetters(this, 'DeadLetters');
    const functions = createGatewayFunctions(this, deadLetters);
    const tasks = new TasksTable(this, 'Tasks');
    const media = new MediaBucket(this, 'Media');
    const workflow = new Workflow(this, 'Workflow', { tasks: tasks.table, ...functions });
    const httpApi = new HttpApi(this, 'Http', { ...functions, ...settings });
    const resources: Resources = {
      tasks,
      accounts: new AccountsTable(this, 'Accounts'),
      media,
      providers: new ProviderAccess(this, 'Providers', settings.providers),
      workflow,
      webhooks: new WebhookDelivery(this, 'Webhooks', functions),
      httpApi,
    };
    grantPermissions(functions, resources);
    trustOrigins(functions, settings);

    const { stateMachine } = workflow;
    const webhookMachine = resources.webhooks.stateMachine;
    const observed = { ...functions, stateMachine, webhookMachine, deadLetters };
    new Triggers(this, 'Triggers', { ...observed, bucket: media.bucket });
    new Monitoring(this, 'Monitoring', { ...observed, httpApi: httpApi.api });
    this.addOutputs(resources);
  }

  /** Where clients and scripts find what the stack made. */
  private addOutputs({ httpApi, media, tasks, accounts, workflow, webhooks, providers }: Resources): void {
    const outputs = {
      Endpoint: httpApi.api.apiEndpoint,
      MediaBucket: media.bucket.bucketName,
      TasksTable: tasks.table.tableName,
      AccountsTable: accounts.table.tableName,
      StateMachineArn: workflow.stateMachine.stateMachineArn,
      DeliveryMachineArn: webhooks.stateMachine.stateMachineArn,
      CredentialsPath: providers.credentialsPath,
    };
    for (const [name, value] of Object.entries(outputs)) new CfnOutput(this, name, { value });
  }
}
