import { SFNClient } from '@aws-sdk/client-sfn';
import middy from '@middy/core';
import { systemClock } from '../../shared/clock.ts';
import {
  mediaConfig,
  publicUrlConfig,
  readConfig,
  tasksConfig,
  workflowConfig,
} from '../../shared/config.ts';
import { logger } from '../../shared/logger.ts';
import { createDynamoDbClient } from '../../shared/storage/dynamodb-client.ts';
import { createMediaStore, createS3Client } from '../../shared/storage/media-store.ts';
import { createTaskStore } from '../../shared/storage/task-store.ts';
import { getEndedExecution } from './ended-execution.ts';
import { repairAfter, type SweepContext, sweep } from './sweep.ts';

const config = readConfig({ ...tasksConfig, ...mediaConfig, ...workflowConfig, ...publicUrlConfig });
const context: SweepContext = {
  tasks: createTaskStore({ client: createDynamoDbClient(), tableName: config.TASKS_TABLE_NAME }),
  media: createMediaStore({ client: createS3Client(), bucket: config.MEDIA_BUCKET_NAME }),
  executions: new SFNClient(),
  stateMachineArn: config.STATE_MACHINE_ARN,
  publicUrl: config.CONCH_PUBLIC_URL,
  clock: systemClock,
};

export const handler = middy<unknown, object>()
  .onError(({ error }) => {
    logger.error('The sweep failed', { error });
  })
  .handler(async (event) => {
    const ended = getEndedExecution(event);
    const report =
      ended === undefined ? await sweep(context) : { repaired: await repairAfter(ended, context) };
    logger.info('Swept', { report });
    return report;
  });
