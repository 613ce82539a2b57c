import * as z from 'zod';
import { secondsBetween } from '../../shared/clock.ts';
import type { UsageAnswer } from '../../shared/contract/usage.ts';
import { toUsd } from '../../shared/domain/money.ts';
import { ConchError } from '../../shared/errors.ts';
import { csvAnswer, prefersCsv } from '../../shared/http/csv.ts';
import { type HttpAnswer, jsonAnswer } from '../../shared/http/http-event.ts';
import { readUsage } from '../../shared/ledger/read-usage.ts';
import type { Usage, UsageAmounts, UsageGrouping } from '../../shared/ledger/usage.ts';
import type { AccountRequest, ApiDependencies } from './api-dependencies.ts';
import { metadataNameOf } from './metadata-name.ts';
import { timeParameter } from './time-parameter.ts';

const maxDays = 92;
const plainGroupings = z.enum(['day', 'provider', 'model', 'key']);

const groupingParameter = z.string().transform((text, context): UsageGrouping => {
  const name = metadataNameOf(text);
  if (name !== undefined) return { by: 'metadata', name };
  const plain = plainGroupings.safeParse(text);
  if (plain.success) return { by: plain.data };
  context.addIssue('must be day, provider, model, key or metadata.<name>');
  return z.NEVER;
});

export const usageParameters = z.strictObject({
  from: timeParameter.optional(),
  to: timeParameter.optional(),
  group_by: groupingParameter.default({ by: 'day' }),
  format: z.enum(['json', 'csv'], 'must be json or csv').optional(),
});
type Parameters = z.infer<typeof usageParameters>;

/** GET /v1/usage: what the account's tasks that were accepted from `from` on and before `to` come to. */
export async function getUsage(
  { event, parameters, account }: AccountRequest<Parameters>,
  { tasks, clock }: Pick<ApiDependencies, 'tasks' | 'clock'>,
): Promise<HttpAnswer> {
  const range = toRange(parameters, clock.now());
  const usage = await readUsage({ account, ...range, grouping: parameters.group_by }, tasks);
  const format = parameters.format ?? (prefersCsv(event.headers) ? 'csv' : 'json');
  return format === 'csv' ? csvAnswer(toRows(usage)) : jsonAnswer(200, toUsageObject(usage, range));
}

interface Range {
  readonly from: string;
  readonly to: string;
}

/** Either end that is not given is the one of the current UTC month. */
function toRange(given: Pick<Parameters, 'from' | 'to'>, now: Date): Range {
  const monthStart = (offset: number) =>
    new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + offset)).toISOString();
  const { from = monthStart(0), to = monthStart(1) } = given;
  const days = secondsBetween(from, to) / 86_400;
  if (days > 0 && days <= maxDays) return { from, to };
  const message = `to must be later than from, by at most ${maxDays} days; got from ${from} to ${to}`;
  throw new ConchError('invalid_query', message, { param: 'to' });
}

function toUsageObject({ total, groups }: Usage, { from, to }: Range): UsageAnswer {
  const data = groups.map(({ group, ...amounts }) => ({ group, ...toAmounts(amounts) }));
  return { object: 'usage', from, to, total: toAmounts(total), data };
}

function toAmounts({ chargedMicroUsd, heldMicroUsd, unknownMicroUsd, tasks }: UsageAmounts) {
  return {
    charged: toUsd(chargedMicroUsd),
    held: toUsd(heldMicroUsd),
    unknown: toUsd(unknownMicroUsd),
    tasks,
  };
}

/** Without a total: whoever adds up a column would count everything twice. */
function toRows({ groups }: Usage) {
  const rows = groups.map(({ group, ...amounts }) => {
    const { charged, held, unknown, tasks } = toAmounts(amounts);
    return [group, charged, held, unknown, tasks];
  });
  return [['group', 'charged', 'held', 'unknown', 'tasks'], ...rows];
}
