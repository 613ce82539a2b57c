import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Task, taskStates } from '../../../shared/domain/task.ts';
import { newShortId } from '../../../shared/ids.ts';
import { listTaskViews, type TaskFilter } from '../../../shared/storage/list-task-views.ts';
import type { TaskRange } from '../../../shared/storage/walk-tasks.ts';
import { createRandom, pick, type Random } from '../../prove/random.ts';
import { storeTask } from '../../support/stored-tasks.ts';
import { startTables, type Tables } from '../../support/tables.ts';

let tables: Tables;
beforeAll(async () => {
  tables = await startTables();
});
afterAll(() => tables.close());

interface Search extends TaskRange {
  readonly limit: number;
  readonly filter?: TaskFilter;
}

/** The ids of all pages, one after the other. */
async function listAll({ after, ...search }: Search): Promise<string[]> {
  const page = await tables.tasks.listTaskViews({ ...search, after });
  const ids = page.views.map(({ task }) => task.id);
  if (!page.hasMore) return ids;
  const last = await tables.tasks.getTask(page.lastId ?? '');
  if (last === undefined) throw new Error('A page with a successor names no last task');
  return [...ids, ...(await listAll({ ...search, after: last }))];
}

/** One of them, or none. */
function pickSome<Item>(random: Random, items: readonly Item[]): Item | undefined {
  return random() < 0.4 ? undefined : pick(random, items);
}

const timeOf = (minute: number) => new Date(Date.UTC(2026, 2, 2, 10, minute)).toISOString();

describe('listTaskViews', () => {
  it('finds exactly what fits, in order, whatever the size of the pages', async () => {
    const account = newShortId();
    const random = createRandom(7);
    const tasks: { readonly task: Task; readonly shot: string }[] = [];
    for (let minute = 0; minute < 110; minute += 1) {
      const shot = pick(random, ['a', 'b']);
      const changes = {
        account,
        createdAt: timeOf(minute),
        state: pick(random, taskStates),
        provider: pick(random, ['piapi', 'cloudsway']),
        model: pick(random, ['hailuo-01', 'hailuo-2.3']),
      };
      tasks.push({ task: await storeTask(tables, changes, { request: { metadata: { shot } } }), shot });
    }
    for (let round = 0; round < 20; round += 1) {
      const state = pickSome(random, [...taskStates]);
      const provider = pickSome(random, ['piapi', 'nobody']);
      const model = pickSome(random, ['hailuo-01']);
      const shot = pickSome(random, ['a']);
      const [from, before] = [pickSome(random, [timeOf(20)]), pickSome(random, [timeOf(95)])];
      const order = pick(random, ['asc', 'desc'] as const);
      const cursor = pickSome(random, [...tasks])?.task;
      const fitting = tasks
        .filter(({ task }) => state === undefined || task.state === state)
        .filter(({ task }) => provider === undefined || task.provider === provider)
        .filter(({ task }) => model === undefined || task.model === model)
        .filter((one) => shot === undefined || one.shot === shot)
        .map(({ task }) => task)
        .filter(({ createdAt }) => createdAt >= (from ?? '') && createdAt < (before ?? '9'));
      const inOrder = order === 'asc' ? fitting : fitting.toReversed();
      const isBehind = ({ createdAt }: Task, { createdAt: at }: Task) =>
        order === 'asc' ? createdAt > at : createdAt < at;
      const expected = inOrder.filter((task) => cursor === undefined || isBehind(task, cursor));

      const metadata = shot === undefined ? undefined : ([['shot', shot]] as const);
      const filter = { states: state && [state], provider, model, metadata };
      const limit = pick(random, [4, 9, 100]);

      expect(await listAll({ account, order, from, before, after: cursor, limit, filter })).toEqual(
        expected.map(({ id }) => id),
      );
    }
  });

  it('says that there is no more when nothing fits behind a full page', async () => {
    const account = newShortId();
    await storeTask(tables, { account, createdAt: timeOf(1), state: 'failed' });
    await storeTask(tables, { account, createdAt: timeOf(2), state: 'completed' });

    const filter = { states: ['completed'] } as const;
    const page = await tables.tasks.listTaskViews({ account, order: 'desc', limit: 1, filter });

    expect(page).toMatchObject({ views: [{ task: { state: 'completed' } }], hasMore: false });
  });

  it('finds what lies behind more deleted videos than a page holds, in few steps', async () => {
    const account = newShortId();
    const deleted = { account, deletedAt: timeOf(0) };
    const last = await storeTask(tables, { account, createdAt: timeOf(0) });
    for (let minute = 1; minute <= 40; minute += 1)
      await storeTask(tables, { ...deleted, createdAt: timeOf(minute) });
    const first = await storeTask(tables, { account, createdAt: timeOf(41) });
    let steps = 0;
    const send = (...input: Parameters<typeof tables.client.send>) => {
      steps += 1;
      return tables.client.send(...input);
    };
    const client = Object.create(tables.client, { send: { value: send } });

    const page = await listTaskViews({ client, tableName: 'tasks' }, { account, order: 'desc', limit: 1 });

    expect(page).toMatchObject({ views: [{ task: { id: first.id } }], hasMore: true });
    expect(steps).toBeLessThan(25);
    expect(await listAll({ account, order: 'desc', limit: 1 })).toEqual([first.id, last.id]);
  });

  it('breaks a long search off, and says where to go on', async () => {
    const account = newShortId();
    const rare = await storeTask(tables, { account, createdAt: timeOf(0), state: 'failed' });
    for (let minute = 1; minute <= 200; minute += 1)
      await storeTask(tables, { account, createdAt: timeOf(minute) });
    const search = { account, order: 'desc', limit: 20, filter: { states: ['failed'] } } as const;

    const page = await listTaskViews({ client: tables.client, tableName: 'tasks' }, search, 150);

    expect(page).toMatchObject({ views: [], hasMore: true });
    const last = await tables.tasks.getTask(page.lastId ?? '');
    expect(last?.createdAt).toBe(timeOf(1));
    expect(await listAll({ ...search, after: last })).toEqual([rare.id]);
  });
});
