import type { Task } from '../domain/task.ts';
import type { VideoRequest } from '../domain/video-request.ts';

/** What tasks come to. Each task's price is in exactly one of the three amounts. */
export interface UsageAmounts {
  /** Captured when the tasks ended. */
  readonly chargedMicroUsd: number;
  /** Of tasks that go on. */
  readonly heldMicroUsd: number;
  /** Holds that were kept when the tasks ended: nobody knows yet whether the provider took the money. */
  readonly unknownMicroUsd: number;
  readonly tasks: number;
}

interface UsageGroup extends UsageAmounts {
  /** `null` is what has no such metadata; an empty text is a value. */
  readonly group: string | null;
}

export interface Usage {
  readonly total: UsageAmounts;
  /** By the text of the group, `null` last. */
  readonly groups: readonly UsageGroup[];
}

export type UsageGrouping =
  | { readonly by: 'day' | 'provider' | 'model' | 'key' }
  | { readonly by: 'metadata'; readonly name: string };

export interface UsageEntry {
  readonly group: string | null;
  readonly amounts: UsageAmounts;
}

/** Orders from the inbox, and old ones, were placed with no key. */
const withoutKey = 'none';
const nothing: UsageAmounts = { chargedMicroUsd: 0, heldMicroUsd: 0, unknownMicroUsd: 0, tasks: 0 };

/** A task's row decides alone, so that the amounts are those of one moment of the task. */
export function amountsOf({ state, holdMicroUsd, chargeMicroUsd }: Task): UsageAmounts {
  switch (state) {
    case 'accepted':
    case 'submitting':
    case 'processing':
    case 'archiving':
      return { ...nothing, heldMicroUsd: holdMicroUsd, tasks: 1 };
    case 'completed':
    case 'failed':
    case 'canceled':
      return chargeMicroUsd === undefined
        ? { ...nothing, unknownMicroUsd: holdMicroUsd, tasks: 1 }
        : { ...nothing, chargedMicroUsd: chargeMicroUsd, tasks: 1 };
  }
}

/** Everything of a task belongs to the UTC day on which it was accepted. */
export function groupOf(task: Task, request: VideoRequest | undefined, grouping: UsageGrouping) {
  switch (grouping.by) {
    case 'day':
      return task.createdAt.slice(0, 10);
    case 'provider':
      return task.provider;
    case 'model':
      return task.model;
    case 'key':
      return task.keyId ?? withoutKey;
    case 'metadata':
      return new Map(Object.entries(request?.metadata ?? {})).get(grouping.name) ?? null;
  }
}

export function sumUsage(entries: readonly UsageEntry[]): Usage {
  const groups = new Map<string | null, UsageAmounts>();
  for (const { group, amounts } of entries) groups.set(group, add(groups.get(group) ?? nothing, amounts));
  return {
    total: entries.map(({ amounts }) => amounts).reduce(add, nothing),
    groups: [...groups].map(([group, amounts]) => ({ group, ...amounts })).toSorted(byGroup),
  };
}

function add(one: UsageAmounts, other: UsageAmounts): UsageAmounts {
  return {
    chargedMicroUsd: one.chargedMicroUsd + other.chargedMicroUsd,
    heldMicroUsd: one.heldMicroUsd + other.heldMicroUsd,
    unknownMicroUsd: one.unknownMicroUsd + other.unknownMicroUsd,
    tasks: one.tasks + other.tasks,
  };
}

function byGroup({ group: one }: UsageGroup, { group: other }: UsageGroup): number {
  if (one === null || other === null) return one === other ? 0 : one === null ? 1 : -1;
  return one === other ? 0 : one < other ? -1 : 1;
}
