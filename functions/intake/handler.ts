import { setTimeout as sleep } from 'node:timers/promises';
import middy from '@middy/core';
import * as z from 'zod';
import { accountsConfig, readConfig } from '../../shared/config.ts';
import { logger } from '../../shared/logger.ts';
import { createOrderingDependencies } from '../../shared/ordering/ordering-dependencies.ts';
import { createAccountStore } from '../../shared/storage/account-store.ts';
import { createDynamoDbClient } from '../../shared/storage/dynamodb-client.ts';
import { type IntakeOutcome, takeInFile } from './take-in-file.ts';

/** How long an order that came without an image waits for one. */
const imageGraceMs = 5000;

const config = readConfig(accountsConfig);
const context = {
  ...createOrderingDependencies(),
  accounts: createAccountStore({ client: createDynamoDbClient(), tableName: config.ACCOUNTS_TABLE_NAME }),
  waitForImage: () => sleep(imageGraceMs),
};

/** EventBridge's report of a new object; its key is not URL-encoded. */
const objectCreatedSchema = z.object({
  detail: z.object({ object: z.object({ key: z.string() }) }),
});

export const handler = middy<unknown, { readonly outcome: IntakeOutcome }>()
  .onError(({ error }) => {
    logger.error('A file could not be taken in', { error });
  })
  .handler(async (event) => {
    const { key } = objectCreatedSchema.parse(event).detail.object;
    const outcome = await takeInFile(key, context);
    logger.info('A file came in', { key, outcome });
    return { outcome };
  });
