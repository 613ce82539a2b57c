import middy from '@middy/core';
import { mediaConfig, publicUrlConfig, readConfig, workflowConfig } from '../../shared/config.ts';
import { logger } from '../../shared/logger.ts';
import { readWebhookTools } from '../../shared/ordering/webhook-tools.ts';
import { createRefreshBalances } from '../../shared/steps/refresh-balances.ts';
import { createStepContext } from '../../shared/steps/step-context.ts';
import { createDynamoDbClient } from '../../shared/storage/dynamodb-client.ts';
import { createMediaStore, createS3Client } from '../../shared/storage/media-store.ts';
import { getEndedExecution } from './ended-execution.ts';
import { repairAfter, type SweepContext, sweep } from './sweep.ts';

const config = readConfig({ ...mediaConfig, ...workflowConfig, ...publicUrlConfig });
const steps = createStepContext();
const context: SweepContext = {
  ...steps,
  media: createMediaStore({ client: createS3Client(), bucket: config.MEDIA_BUCKET_NAME }),
  stateMachineArn: config.STATE_MACHINE_ARN,
  webhooks: readWebhookTools({ client: createDynamoDbClient(), executions: steps.executions }),
  publicUrl: config.CONCH_PUBLIC_URL,
};
const refreshBalances = createRefreshBalances(steps);

/** Side by side: a provider that answers slowly must not keep tasks waiting. */
async function sweepAll() {
  const [report, balancesRead] = await Promise.all([sweep(context), refreshBalances()]);
  return { ...report, balances_read: balancesRead };
}

export const handler = middy<unknown, object>()
  .onError(({ error }) => {
    logger.error('The sweep failed', { error });
  })
  .handler(async (event) => {
    const ended = getEndedExecution(event);
    const report = ended === undefined ? await sweepAll() : { repaired: await repairAfter(ended, context) };
    logger.info('Swept', { report });
    return report;
  });
