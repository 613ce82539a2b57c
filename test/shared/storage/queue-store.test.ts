import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { secondsAfter } from '../../../shared/clock.ts';
import { newShortId } from '../../../shared/ids.ts';
import type { QueueStore } from '../../../shared/storage/queue-store.ts';
import { startTables, type Tables } from '../../support/tables.ts';

const start = '2026-03-02T10:00:00.000Z';
/** The task that arrived so many seconds after the first. */
const arrival = (seconds: number, id = `task-${seconds}`) => ({
  id,
  createdAt: secondsAfter(start, seconds),
});

let tables: Tables;
let queue: QueueStore;
let provider: string;
beforeAll(async () => {
  tables = await startTables();
  queue = tables.queue;
});
afterAll(() => tables.close());
beforeEach(() => {
  provider = newShortId();
});

const listIds = async (limit = 100) => (await queue.listFirst(provider, limit)).map(({ id }) => id);

describe('the queue store', () => {
  it('lists who waits in order of arrival, whoever joined first', async () => {
    for (const seconds of [30, 1, 200, 0.5, 9]) await queue.join(provider, arrival(seconds));

    expect(await listIds()).toEqual(['task-0.5', 'task-1', 'task-9', 'task-30', 'task-200']);
    expect(await listIds(2)).toEqual(['task-0.5', 'task-1']);
    expect(await queue.listFirst(provider, 1)).toEqual([arrival(0.5)]);
  });

  it('keeps one order, at every read, of tasks that arrived at the same moment', async () => {
    const ids = ['c', 'a', 'e', 'b', 'd'];
    await Promise.all(ids.map((id) => queue.join(provider, arrival(0, id))));

    expect(await listIds()).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(await queue.countBefore(provider, arrival(0, 'd'))).toBe(3);
  });

  it('knows who joined twice once', async () => {
    await queue.join(provider, arrival(1));
    await queue.join(provider, arrival(1));

    expect(await listIds()).toEqual(['task-1']);
    await queue.leave(provider, arrival(1));
    expect(await listIds()).toEqual([]);
  });

  it('lets go of who leaves twice, or never joined', async () => {
    await queue.join(provider, arrival(1));
    await queue.leave(provider, arrival(2));
    await queue.leave(provider, arrival(2));

    expect(await listIds()).toEqual(['task-1']);
  });

  it('counts who arrived before and still waits, also for a task that has not joined', async () => {
    for (const seconds of [1, 2, 3]) await queue.join(provider, arrival(seconds));

    expect(await queue.countBefore(provider, arrival(1))).toBe(0);
    expect(await queue.countBefore(provider, arrival(2.5))).toBe(2);
    await queue.leave(provider, arrival(1));
    expect(await queue.countBefore(provider, arrival(3))).toBe(1);
  });

  it('keeps the queues of the providers apart', async () => {
    await queue.join(provider, arrival(1));

    expect(await queue.listFirst(newShortId(), 1)).toEqual([]);
    expect(await queue.countBefore(newShortId(), arrival(9))).toBe(0);
  });

  it('loses nobody of a hundred who join and leave at once', async () => {
    await Promise.all(Array.from({ length: 100 }, (_, number) => queue.join(provider, arrival(number))));
    await Promise.all(Array.from({ length: 50 }, (_, number) => queue.leave(provider, arrival(number * 2))));

    expect(await listIds()).toEqual(Array.from({ length: 50 }, (_, number) => `task-${number * 2 + 1}`));
    expect(await queue.countBefore(provider, arrival(100))).toBe(50);
  });
});
