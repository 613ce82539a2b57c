import type { DynamoDBClient, Put, Update } from '@aws-sdk/client-dynamodb';
import { secondsAfter } from '../clock.ts';
import type { Shortfall } from '../domain/budget.ts';
import type { PricedOffer } from '../domain/quote.ts';
import type { Task } from '../domain/task.ts';
import { operationOf, type VideoRequest } from '../domain/video-request.ts';
import { newSecret, newTaskId } from '../ids.ts';
import { fromTaskItem, isInState, taskKey, toRequestItem, toTaskItem } from '../storage/task-items.ts';
import { toUpdateParts } from '../storage/update-expression.ts';
import { holdInBudget } from './hold-in-budget.ts';

/** After this an accepted task that nobody started is the sweeper's. */
const startGraceSeconds = 60;

export interface LedgerTables {
  readonly client: DynamoDBClient;
  readonly tasksTableName: string;
  readonly accountsTableName: string;
}

export interface NewTaskInput {
  readonly account: string;
  /** The offer that is bought; its price is held. */
  readonly priced: PricedOffer;
  readonly request: VideoRequest;
  readonly requestHash: string;
  readonly now: Date;
  readonly idempotencyKey?: string;
  /** The API key that the order came with. */
  readonly keyId?: string;
  /** Whether that key has limits, so that its orders are counted for it; absent means that it may have. */
  readonly isKeyCounted?: boolean;
  /** The path under `outbox/<account>/` without extension, for an order from the inbox. */
  readonly outboxName?: string;
  /** The task whose order it repeats, or repeats with another prompt. */
  readonly retryOf?: string;
  readonly remixOf?: string;
}

export function newTask({ account, priced, request, requestHash, now, ...input }: NewTaskInput): Task {
  const { offer, variant } = priced;
  return {
    id: newTaskId(account, input.idempotencyKey),
    account,
    state: 'accepted',
    run: 1,
    requestHash,
    provider: offer.provider,
    model: offer.model,
    nativeModel: offer.nativeModel,
    operation: operationOf(request),
    ...(variant.seconds !== undefined && { seconds: variant.seconds }),
    ...(variant.resolution !== undefined && { resolution: variant.resolution }),
    ...(variant.size !== undefined && { size: variant.size }),
    holdMicroUsd: variant.priceMicroUsd,
    holdMonth: now.toISOString().slice(0, 7),
    holdDay: now.toISOString().slice(0, 10),
    ...(input.keyId !== undefined && { keyId: input.keyId }),
    ...(input.isKeyCounted === false && { isKeyCounted: false }),
    attempts: [],
    looks: 0,
    nextDueAt: secondsAfter(now, startGraceSeconds),
    followUps: [],
    linkSecret: newSecret(),
    createdAt: now.toISOString(),
    ...(input.outboxName !== undefined && { outboxName: input.outboxName }),
    ...(request.webhook !== undefined && { hasWebhook: true }),
    ...(input.retryOf !== undefined && { retryOf: input.retryOf }),
    ...(input.remixOf !== undefined && { remixOf: input.remixOf }),
  };
}

/**
 * `duplicate` and `mismatch`: the id was taken, by the account's same request or by anything else. `not_retryable`:
 * the task that it repeats was deleted meanwhile, or is one that did not fail after all.
 */
export type AcceptOutcome =
  | { readonly kind: 'accepted'; readonly task: Task }
  | { readonly kind: 'duplicate'; readonly task: Task }
  | { readonly kind: 'mismatch' }
  | { readonly kind: 'not_retryable' }
  | { readonly kind: 'no_budget'; readonly shortfall: Shortfall };

/** Writes the task, its request, the hold, and on whose order it repeats that it does, in one transaction. */
export async function acceptTask(
  { task, request }: { readonly task: Task; readonly request: VideoRequest },
  tables: LedgerTables,
): Promise<AcceptOutcome> {
  const { tasksTableName: TableName } = tables;
  const put: Put = {
    TableName,
    Item: toTaskItem(task),
    ConditionExpression: 'attribute_not_exists(pk)',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  };
  const writes = [
    { Put: put },
    { Put: { TableName, Item: toRequestItem(task.id, request) } },
    ...(task.retryOf === undefined ? [] : [{ Update: toRetriedUpdate(task.id, task.retryOf, TableName) }]),
  ];
  const outcome = await holdInBudget({ task, costMicroUsd: task.holdMicroUsd, writes }, tables);
  if (outcome === 'done') return { kind: 'accepted', task };
  if ('shortfall' in outcome) return { kind: 'no_budget', shortfall: outcome.shortfall };
  const taken = outcome.refused[0]?.Item;
  if (taken === undefined && task.retryOf !== undefined) return { kind: 'not_retryable' };
  if (taken === undefined) throw new Error('The accept transaction was refused without naming the task');
  const existing = fromTaskItem(taken);
  return isSameOrder(existing, task) ? { kind: 'duplicate', task: existing } : { kind: 'mismatch' };
}

/** What failed and was paid may yet be found and completed, and its customer may delete it at any time. */
function toRetriedUpdate(taskId: string, retryOf: string, TableName: string): Update {
  const isFailed = isInState(['failed', 'canceled']);
  const condition = { ...isFailed, text: `${isFailed.text} AND attribute_not_exists({deletedAt})` };
  return {
    TableName,
    Key: taskKey(retryOf),
    ...toUpdateParts({ set: { retriedBy: taskId } }, condition),
  };
}

/** An id has 62 free bits: one that another account holds must not open that account's task. */
export function isSameOrder(existing: Task, task: Pick<Task, 'account' | 'requestHash'>): boolean {
  return existing.account === task.account && existing.requestHash === task.requestHash;
}
