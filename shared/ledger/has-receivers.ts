import type { Task } from '../domain/task.ts';
import { logger } from '../logger.ts';
import { createEndpointStore } from '../storage/endpoint-store.ts';
import type { LedgerTables } from './accept.ts';

/**
 * Whether anybody may want to be told of a task's end: its order names a URL, or its account has endpoints. True also
 * where that cannot be read: no task shall wait for it, and whoever tells reads it again.
 */
export async function hasReceivers(
  { account, hasWebhook }: Task,
  { client, accountsTableName }: LedgerTables,
): Promise<boolean> {
  if (hasWebhook === true) return true;
  try {
    const endpoints = await createEndpointStore({ client, tableName: accountsTableName }).list(account);
    return endpoints.some(({ isEnabled }) => isEnabled);
  } catch (error) {
    logger.warn('The webhook endpoints of an account could not be read', { account, error });
    return true;
  }
}
