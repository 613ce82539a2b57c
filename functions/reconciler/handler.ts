import middy from '@middy/core';
import { accountsConfig, mediaConfig, readConfig } from '../../shared/config.ts';
import { logger } from '../../shared/logger.ts';
import { createRefreshBalances } from '../../shared/steps/refresh-balances.ts';
import { createStepContext } from '../../shared/steps/step-context.ts';
import { createDynamoDbClient } from '../../shared/storage/dynamodb-client.ts';
import { createMediaStore, createS3Client } from '../../shared/storage/media-store.ts';
import { type ReconcilerContext, reconcileDaily } from './reconcile-daily.ts';

const config = readConfig({ ...accountsConfig, ...mediaConfig });
const steps = createStepContext();
const context: ReconcilerContext = {
  ...steps,
  accountsTable: { client: createDynamoDbClient(), tableName: config.ACCOUNTS_TABLE_NAME },
  providerNames: [...steps.providers.keys()],
  media: createMediaStore({ client: createS3Client(), bucket: config.MEDIA_BUCKET_NAME }),
  // However lately the sweeper read them: what is older than the run says less.
  refreshBalances: createRefreshBalances(steps, 0),
};

export const handler = middy<unknown, object>()
  .onError(({ error }) => {
    logger.error('The reconciliation failed', { error });
  })
  .handler(() => reconcileDaily(context));
