import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tendSleeper } from '../../../functions/sweeper/tend-sleeper.ts';
import type { Task } from '../../../shared/domain/task.ts';
import { requireTask } from '../../../shared/storage/task-store.ts';
import { changeEnded, placeLateJob } from '../../support/late-job.ts';
import { type Limits, placeOrders, queueUp, startLimits } from '../../support/limits.ts';

let limits: Limits;
let task: Task;
beforeEach(async () => {
  limits = await startLimits({ concurrent: 1 });
  const [placed] = await placeOrders(limits, 1);
  if (placed === undefined) throw new Error('No order was placed');
  task = placed;
});
afterEach(() => limits.close());

const tend = async () => tendSleeper(await requireTask(task.id, limits.tasks), limits.context);
const waiting = async () => (await limits.queue.listFirst('piapi', 9)).map(({ id }) => id);

describe('tendSleeper', () => {
  it('releases who sleeps on although somebody rang, whatever it waits for', async () => {
    const set = { taskToken: 'token-of-the-sleeper', wake: task.createdAt };
    await limits.tasks.transition(task.id, { from: ['accepted'], to: 'processing', set });

    await tend();

    expect(limits.released).toEqual(['token-of-the-sleeper']);
  });

  it('releases who looks into a late job although its task has ended, and somebody rang', async () => {
    const late = await placeLateJob(limits, { account: 'late' });
    const set = { taskToken: 'token-of-the-sleeper', wake: late.createdAt };

    await tendSleeper(await changeEnded(limits, late, set), limits.context);

    expect(limits.released).toEqual(['token-of-the-sleeper']);
  });

  it('wakes who waits for a place although its customer asked for its end, and keeps it out of the queue', async () => {
    await queueUp(limits, task);
    await limits.queue.leave('piapi', task);
    await limits.tasks.amend(task.id, { set: { cancelRequestedAt: task.createdAt } });

    await tend();

    expect(limits.released).toEqual([task.id]);
    expect(await waiting()).toEqual([]);
  });

  it('lets sleep whose job is looked at later', async () => {
    const set = { taskToken: 'token-of-the-sleeper' };
    await limits.tasks.transition(task.id, { from: ['accepted'], to: 'processing', set });

    await tend();

    expect(limits.released).toEqual([]);
  });
});
