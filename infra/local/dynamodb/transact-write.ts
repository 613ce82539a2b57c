import { hash } from 'node:crypto';
import type { Store } from 'dynalite/db/index.js';
import * as z from 'zod';
import { AwsServiceError } from '../aws-service-error.ts';
import type { RequestTokens } from './request-tokens.ts';
import { type ItemWrite, prepareWrite, type WriteOutcome, writeItems } from './write-items.ts';

const operations = {
  ConditionCheck: 'ConditionCheck',
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
} as const;
const actionSchema = z.enum(['ConditionCheck', 'Put', 'Update', 'Delete']);
const requestSchema = z.object({
  TransactItems: z
    .array(z.partialRecord(actionSchema, z.looseObject({})))
    .min(1)
    .max(100),
  ClientRequestToken: z.string().min(1).max(36).optional(),
});
type TransactItem = z.infer<typeof requestSchema>['TransactItems'][number];

/** `TransactWriteItems`; a repeat with the same ClientRequestToken gets the first answer and writes nothing. */
export async function transactWrite(store: Store, tokens: RequestTokens, input: unknown): Promise<object> {
  const { TransactItems, ClientRequestToken } = requestSchema.parse(input);
  if (ClientRequestToken === undefined) return write(store, TransactItems);
  const digest = hash('sha256', JSON.stringify(TransactItems));
  return tokens.answerOnce(ClientRequestToken, digest, () => write(store, TransactItems));
}

async function write(store: Store, items: readonly TransactItem[]): Promise<object> {
  const writes = await Promise.all(items.map((item) => prepare(store, item)));
  const positions = new Set(writes.map(({ table, key }) => `${table}~${key}`));
  if (positions.size < writes.length) {
    throw invalid('Transaction request cannot include multiple operations on one item');
  }
  const outcomes = await writeItems(store, writes);
  if (outcomes.some(({ kind }) => kind === 'refused')) throw canceled(outcomes);
  return {};
}

function prepare(store: Store, item: TransactItem): Promise<ItemWrite> {
  const [entry, ...others] = Object.entries(item);
  if (entry === undefined || others.length > 0) {
    throw invalid('TransactItems can only contain one of Check, Put, Update or Delete');
  }
  const [action, given] = entry;
  return prepareWrite(store, operations[actionSchema.parse(action)], given);
}

function canceled(outcomes: readonly WriteOutcome[]): AwsServiceError {
  const reasons = outcomes.map(toReason);
  const codes = reasons.map(({ Code }) => Code).join(', ');
  const message = `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`;
  return new AwsServiceError('TransactionCanceledException', message, { CancellationReasons: reasons });
}

function toReason(outcome: WriteOutcome) {
  if (outcome.kind === 'written') return { Code: 'None' };
  const { code, message, details } = outcome.error;
  const Code = code === 'ConditionalCheckFailedException' ? 'ConditionalCheckFailed' : 'ValidationError';
  return { Code, Message: message, ...details };
}

function invalid(message: string): AwsServiceError {
  return new AwsServiceError('ValidationException', message);
}
