import { SFNClient } from '@aws-sdk/client-sfn';
import { systemClock } from '../../../shared/clock.ts';
import {
  accountsConfig,
  environment,
  mediaConfig,
  providersConfig,
  publicUrlConfig,
  readConfig,
  tasksConfig,
} from '../../../shared/config.ts';
import { createLimits } from '../../../shared/limits/create-limits.ts';
import { readWebhookTools } from '../../../shared/ordering/webhook-tools.ts';
import { loadProviders } from '../../../shared/providers/registry.ts';
import { stepHandler } from '../../../shared/steps/step-stack.ts';
import { createDynamoDbClient } from '../../../shared/storage/dynamodb-client.ts';
import { createMediaStore, createS3Client } from '../../../shared/storage/media-store.ts';
import { settleTask } from './settle-task.ts';

const config = readConfig({
  ...tasksConfig,
  ...accountsConfig,
  ...mediaConfig,
  ...publicUrlConfig,
  ...providersConfig,
});
const client = createDynamoDbClient();
const tasksTableName = config.TASKS_TABLE_NAME;
const providers = loadProviders(environment(), config.CONCH_PROVIDERS);
const executions = new SFNClient();
const context = {
  ...createLimits({ client, tasksTableName, executions, clock: systemClock }),
  providers,
  ledger: { client, tasksTableName, accountsTableName: config.ACCOUNTS_TABLE_NAME },
  webhooks: readWebhookTools({ client, executions }),
  media: createMediaStore({ client: createS3Client(), bucket: config.MEDIA_BUCKET_NAME }),
  publicUrl: config.CONCH_PUBLIC_URL,
};

export const handler = stepHandler((input) => settleTask(input, context));
