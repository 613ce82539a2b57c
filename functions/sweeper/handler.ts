import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SFNClient } from '@aws-sdk/client-sfn';
import middy from '@middy/core';
import * as z from 'zod';
import { systemClock } from '../../shared/clock.ts';
import {
  mediaConfig,
  publicUrlConfig,
  readConfig,
  tasksConfig,
  workflowConfig,
} from '../../shared/config.ts';
import { stepInputSchema } from '../../shared/domain/workflow-state.ts';
import { logger } from '../../shared/logger.ts';
import { createMediaStore, createS3Client } from '../../shared/storage/media-store.ts';
import { createTaskStore } from '../../shared/storage/task-store.ts';
import { repairAfter, type SweepContext, sweep } from './sweep.ts';

const config = readConfig({ ...tasksConfig, ...mediaConfig, ...workflowConfig, ...publicUrlConfig });
const context: SweepContext = {
  tasks: createTaskStore({ client: new DynamoDBClient(), tableName: config.TASKS_TABLE_NAME }),
  media: createMediaStore({ client: createS3Client(), bucket: config.MEDIA_BUCKET_NAME }),
  executions: new SFNClient(),
  stateMachineArn: config.STATE_MACHINE_ARN,
  publicUrl: config.CONCH_PUBLIC_URL,
  clock: systemClock,
};

const jsonText = z.string().transform((text): unknown => JSON.parse(text));
/** EventBridge's report of an execution that ended badly; the schedule's event has no such detail. */
const executionEndedSchema = z.object({
  detail: z.object({ input: jsonText.pipe(stepInputSchema) }),
});

export const handler = middy<unknown, object>()
  .onError(({ error }) => {
    logger.error('The sweep failed', { error });
  })
  .handler(async (event) => {
    const ended = executionEndedSchema.safeParse(event);
    const report = ended.success
      ? { repaired: await repairAfter(ended.data.detail.input, context) }
      : await sweep(context);
    logger.info('Swept', { report });
    return report;
  });
