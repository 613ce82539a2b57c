import { setTimeout as sleep } from 'node:timers/promises';
import {
  type CancellationReason,
  type DynamoDBClient,
  TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';

const maxTries = 10;
const baseDelayMs = 15;
const maxDelayMs = 500;

/** `done`, or the reasons, one an item, why a condition refused the whole. */
export type TransactOutcome = 'done' | { readonly refused: readonly CancellationReason[] };

/**
 * Writes all items or none. A conflict with another transaction, common on a busy account's row, is tried
 * again with jitter; the token makes a repeat after a lost answer harmless.
 */
export async function transact(
  client: DynamoDBClient,
  items: readonly TransactWriteItem[],
): Promise<TransactOutcome> {
  for (let tries = 1; ; tries += 1) {
    try {
      await client.send(new TransactWriteItemsCommand({ TransactItems: [...items] }));
      return 'done';
    } catch (error) {
      if (!(error instanceof TransactionCanceledException)) throw error;
      const reasons = error.CancellationReasons ?? [];
      if (isRefused(reasons)) return { refused: reasons };
      if (tries >= maxTries) throw error;
      await sleep(Math.random() * Math.min(maxDelayMs, baseDelayMs * 2 ** tries));
    }
  }
}

/** A conflict beside a refusal hides what the condition of that item would have said. */
function isRefused(reasons: readonly CancellationReason[]): boolean {
  const codes = new Set(reasons.map(({ Code }) => Code ?? 'None'));
  codes.delete('None');
  return codes.size === 1 && codes.has('ConditionalCheckFailed');
}
