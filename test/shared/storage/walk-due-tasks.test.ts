import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Task } from '../../../shared/domain/task.ts';
import { storeTask } from '../../support/stored-tasks.ts';
import { startTables, type Tables } from '../../support/tables.ts';

let tables: Tables;
beforeAll(async () => {
  tables = await startTables();
});
afterAll(() => tables.close());

it('walks over the tasks that are due until then, a batch at a time, the longest overdue first', async () => {
  const dueAt = (minute: number) => ({ nextDueAt: `2026-03-02T10:0${minute}:00.000Z` });
  const stored: Task[] = [];
  for (const minute of [1, 2, 3, 4]) stored.push(await storeTask(tables, dueAt(minute)));
  await storeTask(tables, { nextDueAt: undefined });

  const batches: string[][] = [];
  for await (const batch of tables.tasks.walkDueTasks('2026-03-02T10:03:00.000Z', 2))
    batches.push(batch.map(({ id }) => id));

  expect(batches.flat()).toEqual(stored.slice(0, 3).map(({ id }) => id));
  expect(batches[0]).toHaveLength(2);
});
