import { retentionDays } from '../domain/retention.ts';
import { accountKey, accountSchema, readItem } from '../storage/account-items.ts';
import type { LedgerTables } from './accept.ts';

/** How many days the videos stay that an account completes from now on. */
export async function readRetentionDays(
  account: string,
  { client, accountsTableName }: LedgerTables,
): Promise<number> {
  const item = await readItem({ client, tableName: accountsTableName }, accountKey(account));
  const days = item === undefined ? undefined : accountSchema.parse(item).retentionDays;
  return days ?? retentionDays.default;
}
