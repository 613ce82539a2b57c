import { toOpenEvidence } from '../../shared/domain/evidence.ts';
import type { Task } from '../../shared/domain/task.ts';
import type { OrderOverrides } from './orders.ts';
import { placeSubmitUnknown } from './submit-unknown.ts';
import type { Tables } from './tables.ts';

const callbackAt = '2026-03-02T11:00:00.000Z';

/** The file of a late job, as the archive writes it down. */
export const archivedResult = {
  key: 'videos/late.mp4',
  bytes: 4,
  sha256: 'f'.repeat(64),
  width: 1280,
  height: 720,
};

interface LateJobOverrides extends OrderOverrides {
  /** Of the row, by its paths. */
  readonly row?: Readonly<Record<string, unknown>>;
}

/** A task that ended as `submit_unknown`, and whose job, job-7, a callback named an hour after its acceptance. */
export async function placeLateJob(
  tables: Tables,
  { row = {}, ...order }: LateJobOverrides = {},
): Promise<Task> {
  const { id } = await placeSubmitUnknown(tables, order);
  const written = await tables.tasks.amendTerminal(id, {
    set: {
      'attempts[0].hintedJobId': 'job-7',
      ...toOpenEvidence(new Date(callbackAt)),
      nextDueAt: callbackAt,
    },
    append: { followUps: ['evidence'] },
  });
  if (written === 'stale') throw new Error('The task did not end');
  return Object.keys(row).length === 0 ? written : changeEnded(tables, written, row);
}

/** The row of a task that ended, with some of it set. */
export async function changeEnded(
  { tasks }: Tables,
  { id }: Task,
  set: Readonly<Record<string, unknown>>,
): Promise<Task> {
  const changed = await tasks.amendTerminal(id, { set });
  if (changed === 'stale') throw new Error('The task did not end');
  return changed;
}

/** As `placeLateJob`, with the job confirmed; its video is archived, and nobody has said yet what became of it. */
export function placeArchivedEvidence(tables: Tables, order: OrderOverrides = {}): Promise<Task> {
  const row = {
    'attempts[0].jobId': 'job-7',
    'attempts[0].reportedCostMicroUsd': 180_000,
    result: archivedResult,
  };
  return placeLateJob(tables, { ...order, row });
}
