import {
  accountsConfig,
  mediaConfig,
  publicUrlConfig,
  readConfig,
  tasksConfig,
} from '../../../shared/config.ts';
import { maxUploadBytes } from '../../../shared/ordering/uploads.ts';
import { createStepContext } from '../../../shared/steps/step-context.ts';
import { stepHandler } from '../../../shared/steps/step-stack.ts';
import { createDynamoDbClient } from '../../../shared/storage/dynamodb-client.ts';
import { createMediaStore, createS3Client } from '../../../shared/storage/media-store.ts';
import { submitToProvider } from './submit-to-provider.ts';

/** Providers fetch an input image when the job starts, which may be after hours in their queue. */
const inputLinkSeconds = 6 * 60 * 60;

const config = readConfig({ ...tasksConfig, ...accountsConfig, ...mediaConfig, ...publicUrlConfig });
const media = createMediaStore({ client: createS3Client(), bucket: config.MEDIA_BUCKET_NAME });
const context = {
  ...createStepContext(),
  publicUrl: config.CONCH_PUBLIC_URL,
  ledger: {
    client: createDynamoDbClient(),
    tasksTableName: config.TASKS_TABLE_NAME,
    accountsTableName: config.ACCOUNTS_TABLE_NAME,
  },
  presignInput: (key: string) => media.presignGet(key, { expiresSeconds: inputLinkSeconds }),
  readInput: (key: string) => media.getBytes(key, { maxBytes: maxUploadBytes }),
};

export const handler = stepHandler((input) => submitToProvider(input, context));
