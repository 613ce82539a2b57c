import { systemClock } from '../../../shared/clock.ts';
import * as config from '../../../shared/config.ts';
import { createSafePost } from '../../../shared/media/safe-post.ts';
import { loadDoors } from '../../../shared/providers/doors.ts';
import { loadProviders } from '../../../shared/providers/registry.ts';
import { deliveryHandler } from '../../../shared/steps/step-stack.ts';
import { createDeliveryStore } from '../../../shared/storage/delivery-store.ts';
import { createDynamoDbClient } from '../../../shared/storage/dynamodb-client.ts';
import { createEndpointStore } from '../../../shared/storage/endpoint-store.ts';
import { createTaskStore } from '../../../shared/storage/task-store.ts';
import { deliverWebhook } from './deliver-webhook.ts';

const settings = config.readConfig({
  ...config.tasksConfig,
  ...config.accountsConfig,
  ...config.publicUrlConfig,
  ...config.providersConfig,
  ...config.trustedOriginsConfig,
});
const client = createDynamoDbClient();
const providers = loadProviders(config.environment(), settings.CONCH_PROVIDERS);
const context = {
  tasks: createTaskStore({ client, tableName: settings.TASKS_TABLE_NAME }),
  deliveries: createDeliveryStore({ client, tableName: settings.TASKS_TABLE_NAME }),
  endpoints: createEndpointStore({ client, tableName: settings.ACCOUNTS_TABLE_NAME }),
  offers: [...providers.values()].flatMap(({ offers }) => offers),
  doors: loadDoors(config.environment()),
  post: createSafePost({ trustedOrigins: settings.CONCH_TRUSTED_ORIGINS }),
  publicUrl: settings.CONCH_PUBLIC_URL,
  clock: systemClock,
  random: Math.random,
};

export const handler = deliveryHandler((input) => deliverWebhook(input, context));
