import type { Item, Store, ValidInput } from 'dynalite/db/index.js';
import * as z from 'zod';
import { AwsServiceError } from '../aws-service-error.ts';
import { checkCondition, requireTable, runAction, toStoredKey, validateInput } from './dynalite.ts';
import { type ItemPosition, withLocks } from './item-locks.ts';
import { createOverlay } from './overlay-store.ts';

type WriteOperation = 'PutItem' | 'UpdateItem' | 'DeleteItem' | 'ConditionCheck';

/** A validated write of one item. */
export interface ItemWrite extends ItemPosition {
  readonly operation: WriteOperation;
  readonly input: ValidInput;
  readonly returnsOldItem: boolean;
}

export type WriteOutcome =
  | { readonly kind: 'written'; readonly output: object }
  | { readonly kind: 'refused'; readonly error: AwsServiceError };

const oldItemSchema = z.object({
  ReturnValuesOnConditionCheckFailure: z.enum(['ALL_OLD', 'NONE']).default('NONE'),
});

/** Throws the service's error when the input or its key is malformed, or its table is unknown. */
export async function prepareWrite(
  store: Store,
  operation: WriteOperation,
  given: unknown,
): Promise<ItemWrite> {
  const wish = oldItemSchema.safeParse(given);
  // dynalite knows no ConditionCheck; a DeleteItem has the same fields.
  const input = validateInput(store, operation === 'ConditionCheck' ? 'DeleteItem' : operation, given);
  const table = await requireTable(store, input.TableName);
  return {
    operation,
    input,
    table: input.TableName,
    key: toStoredKey(input, table),
    returnsOldItem: wish.success && wish.data.ReturnValuesOnConditionCheckFailure === 'ALL_OLD',
  };
}

/**
 * Writes all, index entries included, in one batch; or nothing, when any write is refused. One outcome a
 * write, in the order given. Others see the writes when this resolves; the disk has them a little later.
 */
export function writeItems(store: Store, writes: readonly ItemWrite[]): Promise<WriteOutcome[]> {
  return withLocks(store, writes, async () => {
    const overlay = createOverlay(store);
    const outcomes: WriteOutcome[] = [];
    for (const write of writes) outcomes.push(await attempt(overlay.store, write));
    const isRefused = outcomes.some(({ kind }) => kind === 'refused');
    if (!isRefused && overlay.operations.length > 0) void store.db.batch(overlay.operations);
    return outcomes;
  });
}

/** Writes one; throws what refuses it. */
export async function writeItem(store: Store, write: ItemWrite): Promise<object> {
  const [output = {}] = (await writeItems(store, [write])).map(requireOutput);
  return output;
}

function requireOutput(outcome: WriteOutcome): object {
  if (outcome.kind === 'refused') throw outcome.error;
  return outcome.output;
}

async function attempt(store: Store, write: ItemWrite): Promise<WriteOutcome> {
  try {
    return { kind: 'written', output: await perform(store, write) };
  } catch (error) {
    if (!(error instanceof AwsServiceError)) throw error;
    const isWanted = write.returnsOldItem && error.code === 'ConditionalCheckFailedException';
    const Item = isWanted ? await getItem(store, write) : undefined;
    const details = Item === undefined ? {} : { Item };
    return { kind: 'refused', error: new AwsServiceError(error.code, error.message, details) };
  }
}

async function perform(store: Store, write: ItemWrite): Promise<object> {
  if (write.operation !== 'ConditionCheck') return runAction(store, write.operation, write.input);
  checkCondition(write.input, await getItem(store, write));
  return {};
}

function getItem(store: Store, { table, key }: ItemPosition): Promise<Item | undefined> {
  return new Promise((resolve, reject) => {
    store.getItemDb(table).get(key, (error, item) => {
      if (error && error.name !== 'NotFoundError') reject(error);
      else resolve(item);
    });
  });
}
