import type { DynamoDBClient, Put } from '@aws-sdk/client-dynamodb';
import { secondsAfter } from '../clock.ts';
import type { Shortfall } from '../domain/budget.ts';
import type { PricedOffer } from '../domain/quote.ts';
import type { Task } from '../domain/task.ts';
import { operationOf, type VideoRequest } from '../domain/video-request.ts';
import { newSecret, newTaskId } from '../ids.ts';
import { fromTaskItem, toRequestItem, toTaskItem } from '../storage/task-items.ts';
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
  /** The path under `outbox/<account>/` without extension, for an order from the inbox. */
  readonly outboxName?: string;
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
    attempts: [],
    looks: 0,
    nextDueAt: secondsAfter(now, startGraceSeconds),
    followUps: [],
    linkSecret: newSecret(),
    createdAt: now.toISOString(),
    ...(input.outboxName !== undefined && { outboxName: input.outboxName }),
  };
}

/** `duplicate` and `mismatch`: the id was taken, by the account's same request or by anything else. */
export type AcceptOutcome =
  | { readonly kind: 'accepted'; readonly task: Task }
  | { readonly kind: 'duplicate'; readonly task: Task }
  | { readonly kind: 'mismatch' }
  | { readonly kind: 'no_budget'; readonly shortfall: Shortfall };

/** Writes the task, its request and the hold in one transaction: all of them exist, or none. */
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
  const writes = [{ Put: put }, { Put: { TableName, Item: toRequestItem(task.id, request) } }];
  const outcome = await holdInBudget({ task, costMicroUsd: task.holdMicroUsd, writes }, tables);
  if (outcome === 'done') return { kind: 'accepted', task };
  if ('shortfall' in outcome) return { kind: 'no_budget', shortfall: outcome.shortfall };
  const taken = outcome.refused[0]?.Item;
  if (taken === undefined) throw new Error('The accept transaction was refused without naming the task');
  const existing = fromTaskItem(taken);
  return isSameOrder(existing, task) ? { kind: 'duplicate', task: existing } : { kind: 'mismatch' };
}

/** An id has 62 free bits: one that another account holds must not open that account's task. */
export function isSameOrder(existing: Task, task: Pick<Task, 'account' | 'requestHash'>): boolean {
  return existing.account === task.account && existing.requestHash === task.requestHash;
}
