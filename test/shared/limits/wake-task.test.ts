import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { wakeTask } from '../../../shared/limits/wake-task.ts';
import { type Limits, startLimits } from '../../support/limits.ts';
import { placeTestOrder } from '../../support/orders.ts';

let limits: Limits;
beforeEach(async () => {
  limits = await startLimits({});
  onTestFinished(() => limits.close());
});

describe('wakeTask', () => {
  it('leaves word on the row and releases the sleeper', async () => {
    const { id } = await placeTestOrder(limits);
    await limits.tasks.amend(id, { set: { taskToken: 'token-1' } });

    expect(await wakeTask(id, limits.context)).toBe('woken');
    expect(limits.released).toEqual(['token-1']);
    expect((await limits.tasks.getTask(id))?.wake).toBe(limits.clock.now().toISOString());
  });

  it('leaves word for one that has not lain down yet', async () => {
    const { id } = await placeTestOrder(limits);

    expect(await wakeTask(id, limits.context)).toBe('woken');
    expect(limits.released).toEqual([]);
    expect((await limits.tasks.getTask(id))?.wake).toBeDefined();
  });

  it('finds a task gone that ended, or that there never was', async () => {
    const { id } = await placeTestOrder(limits);
    await limits.tasks.transition(id, { from: ['accepted'], to: 'failed' });

    expect(await wakeTask(id, limits.context)).toBe('gone');
    expect(await wakeTask('nobody', limits.context)).toBe('gone');
    expect(await limits.tasks.getTask('nobody')).toBeUndefined();
  });
});
