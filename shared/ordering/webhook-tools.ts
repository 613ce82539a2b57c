import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SFNClient } from '@aws-sdk/client-sfn';
import { accountsConfig, deliveryConfig, readConfig, tasksConfig } from '../config.ts';
import type { LedgerTables } from '../ledger/accept.ts';
import type { AccountTable } from '../storage/account-items.ts';
import { createDeliveryStore } from '../storage/delivery-store.ts';
import { createEndpointStore, type EndpointStore } from '../storage/endpoint-store.ts';
import { startDelivery } from '../storage/workflow-starter.ts';
import type { HandOverTools } from './hand-over-message.ts';

/** What hands messages to the state machine that delivers them. */
export interface WebhookTools extends HandOverTools {
  readonly endpoints: EndpointStore;
  readonly accountTable: AccountTable;
}

export function createWebhookTools(
  { client, tasksTableName, accountsTableName }: LedgerTables,
  machine: { readonly client: SFNClient; readonly arn: string },
): WebhookTools {
  const accountTable = { client, tableName: accountsTableName };
  return {
    accountTable,
    endpoints: createEndpointStore(accountTable),
    deliveries: createDeliveryStore({ client, tableName: tasksTableName }),
    startDelivery: (input) => startDelivery(machine.client, machine.arn, input),
  };
}

/** The same, read from the environment once per cold start. */
export function readWebhookTools(clients: {
  readonly client: DynamoDBClient;
  readonly executions: SFNClient;
}): WebhookTools {
  const config = readConfig({ ...tasksConfig, ...accountsConfig, ...deliveryConfig });
  const tables = {
    client: clients.client,
    tasksTableName: config.TASKS_TABLE_NAME,
    accountsTableName: config.ACCOUNTS_TABLE_NAME,
  };
  return createWebhookTools(tables, { client: clients.executions, arn: config.DELIVERY_MACHINE_ARN });
}
