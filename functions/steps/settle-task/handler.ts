import { systemClock } from '../../../shared/clock.ts';
import {
  accountsConfig,
  mediaConfig,
  publicUrlConfig,
  readConfig,
  tasksConfig,
} from '../../../shared/config.ts';
import { stepHandler } from '../../../shared/steps/step-stack.ts';
import { createDynamoDbClient } from '../../../shared/storage/dynamodb-client.ts';
import { createMediaStore, createS3Client } from '../../../shared/storage/media-store.ts';
import { createTaskStore } from '../../../shared/storage/task-store.ts';
import { settleTask } from './settle-task.ts';

const config = readConfig({ ...tasksConfig, ...accountsConfig, ...mediaConfig, ...publicUrlConfig });
const client = createDynamoDbClient();
const context = {
  tasks: createTaskStore({ client, tableName: config.TASKS_TABLE_NAME }),
  ledger: {
    client,
    tasksTableName: config.TASKS_TABLE_NAME,
    accountsTableName: config.ACCOUNTS_TABLE_NAME,
  },
  media: createMediaStore({ client: createS3Client(), bucket: config.MEDIA_BUCKET_NAME }),
  publicUrl: config.CONCH_PUBLIC_URL,
  clock: systemClock,
};

export const handler = stepHandler((input) => settleTask(input, context));
