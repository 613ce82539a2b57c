import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import type { Spending } from '../domain/budget.ts';
import { type BudgetThreshold, budgetThresholds } from '../domain/webhook.ts';
import { type AccountTable, readItem } from './account-items.ts';
import { type Counter, parseSpending } from './money-counters.ts';
import { toUpdateParts } from './update-expression.ts';

interface MarkedSpending extends Spending {
  /** The thresholds of which the account's endpoints were told. */
  readonly told: ReadonlySet<BudgetThreshold>;
}

/** A counter with what was told of it, which is kept on the same item. */
export async function readMarkedSpending(table: AccountTable, { key }: Counter): Promise<MarkedSpending> {
  const item = (await readItem(table, key)) ?? {};
  const told = budgetThresholds.filter((threshold) => item[toldMark(threshold)] !== undefined);
  return { ...parseSpending(item), told: new Set(told) };
}

/** When a threshold was first found to be reached, from now on the same for everybody who asks. */
export async function markReached(
  { client, tableName }: AccountTable,
  { key }: Counter,
  mark: { readonly threshold: BudgetThreshold; readonly now: Date },
): Promise<string> {
  const name = `reached${mark.threshold}At`;
  const { Attributes = {} } = await client.send(
    new UpdateItemCommand({
      TableName: tableName,
      Key: key,
      ...toUpdateParts({ setOnce: { [name]: mark.now.toISOString() } }),
      ReturnValues: 'ALL_NEW',
    }),
  );
  return z.string().parse(unmarshall(Attributes)[name]);
}

/** From now on nobody is told of a threshold any more. */
export async function markTold(
  { client, tableName }: AccountTable,
  { key }: Counter,
  mark: { readonly threshold: BudgetThreshold; readonly now: Date },
): Promise<void> {
  const parts = toUpdateParts({ setOnce: { [toldMark(mark.threshold)]: mark.now.toISOString() } });
  await client.send(new UpdateItemCommand({ TableName: tableName, Key: key, ...parts }));
}

function toldMark(threshold: BudgetThreshold): string {
  return `told${threshold}At`;
}
