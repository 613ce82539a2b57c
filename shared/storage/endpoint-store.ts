import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import { webhookEvents } from '../domain/webhook.ts';
import { type AccountTable, accountPartition, readItem } from './account-items.ts';
import { isConditionFailure } from './task-items.ts';
import { toUpdateParts } from './update-expression.ts';

const endpointSchema = z.object({
  id: z.string(),
  url: z.string(),
  events: z.array(z.enum(webhookEvents)),
  isEnabled: z.boolean(),
  /** Why the gateway itself disabled it. */
  disabledReason: z.string().optional(),
  createdAt: z.string(),
  secret: z.string(),
  /** Secrets that were rotated out sign beside the new one until then. */
  oldSecrets: z.array(z.object({ secret: z.string(), until: z.string() })),
});
export type WebhookEndpoint = z.infer<typeof endpointSchema>;

/** The secrets that were rotated out and sign beside the new one at this moment, the last first. */
export function stillSigning({ oldSecrets }: WebhookEndpoint, now: Date): WebhookEndpoint['oldSecrets'] {
  return oldSecrets.filter(({ until }) => until > now.toISOString());
}

const itemSchema = z.object({ version: z.number().int(), endpoints: z.array(endpointSchema) });

/**
 * The webhook endpoints of an account, all in one item: one read tells whom to tell, and the number of a change keeps
 * those that are made at once apart.
 */
export interface EndpointStore {
  /** In order of their creation, read consistently. */
  list(account: string): Promise<readonly WebhookEndpoint[]>;
  /**
   * Writes what `change` makes of the list, which it may be asked for several times; undefined means that nothing is
   * to be written. What it throws is thrown.
   */
  change(
    account: string,
    change: (endpoints: readonly WebhookEndpoint[]) => readonly WebhookEndpoint[] | undefined,
  ): Promise<void>;
}

/** Each repetition means that another change of the same account came first. */
const maxTries = 20;

export function createEndpointStore(table: AccountTable): EndpointStore {
  return {
    list: async (account) => (await read(table, account)).endpoints,
    async change(account, change) {
      for (let tries = 1; tries <= maxTries; tries += 1) {
        const { version, endpoints } = await read(table, account);
        const changed = change(endpoints);
        if (changed === undefined || (await write(table, account, { version, endpoints: changed }))) return;
      }
      throw new Error('The webhook endpoints of the account change all the time');
    },
  };
}

const toKey = (account: string) => marshall({ pk: accountPartition(account), sk: 'WEBHOOKS' });

async function read(table: AccountTable, account: string): Promise<z.infer<typeof itemSchema>> {
  const item = await readItem(table, toKey(account));
  return item === undefined ? { version: 0, endpoints: [] } : itemSchema.parse(item);
}

/** False when the list is not as it was read. */
async function write(
  { client, tableName }: AccountTable,
  account: string,
  { version, endpoints }: { readonly version: number; readonly endpoints: readonly WebhookEndpoint[] },
): Promise<boolean> {
  const isAsRead =
    version === 0
      ? { text: 'attribute_not_exists({pk})' }
      : { text: '{version} = :read', values: { ':read': version } };
  const parts = toUpdateParts({ set: { version: version + 1, endpoints } }, isAsRead);
  try {
    await client.send(new UpdateItemCommand({ TableName: tableName, Key: toKey(account), ...parts }));
    return true;
  } catch (error) {
    if (isConditionFailure(error)) return false;
    throw error;
  }
}
