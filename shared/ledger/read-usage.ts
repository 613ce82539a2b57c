import type { Task } from '../domain/task.ts';
import { ConchError } from '../errors.ts';
import type { TaskReader } from '../storage/task-reader.ts';
import { amountsOf, groupOf, sumUsage, type Usage, type UsageEntry, type UsageGrouping } from './usage.ts';

interface UsageQuery {
  readonly account: string;
  /** Tasks accepted at this moment or later, ISO 8601 in UTC. */
  readonly from: string;
  /** Tasks accepted before this moment, ISO 8601 in UTC. */
  readonly to: string;
  readonly grouping: UsageGrouping;
}

/** What is read within one request, and fits into its answer. */
const usageLimits = { tasks: 10_000, groups: 1000 };
const readBatch = 100;

type UsageTasks = Pick<TaskReader, 'walkTasks' | 'listRequests'>;

/**
 * What an account's tasks of a range come to, read from the tasks themselves: there is no counter that could
 * say otherwise. Throws `usage_too_large` rather than to leave something out.
 */
export async function readUsage(
  { account, from, to, grouping }: UsageQuery,
  tasks: UsageTasks,
  limits = usageLimits,
): Promise<Usage> {
  const entries: UsageEntry[] = [];
  const range = { account, order: 'asc', from, before: to } as const;
  for await (const batch of tasks.walkTasks(range, readBatch)) {
    entries.push(...(await toEntries(batch, grouping, tasks)));
    requireAtMost(limits.tasks, entries.length, 'tasks');
  }
  const usage = sumUsage(entries);
  requireAtMost(limits.groups, usage.groups.length, 'groups');
  return usage;
}

async function toEntries(
  batch: readonly Task[],
  grouping: UsageGrouping,
  tasks: UsageTasks,
): Promise<UsageEntry[]> {
  const ids = grouping.by === 'metadata' ? batch.map(({ id }) => id) : [];
  const requests = await tasks.listRequests(ids);
  return batch.map((task) => ({
    group: groupOf(task, requests.get(task.id), grouping),
    amounts: amountsOf(task),
  }));
}

function requireAtMost(limit: number, count: number, what: keyof typeof usageLimits): void {
  if (count <= limit) return;
  const hint =
    what === 'tasks' ? 'Ask for a shorter time' : 'Group by something else, or ask for a shorter time';
  throw new ConchError('usage_too_large', `One answer covers at most ${limit} ${what}. ${hint}`);
}
