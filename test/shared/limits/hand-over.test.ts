import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Task } from '../../../shared/domain/task.ts';
import { handOver } from '../../../shared/limits/hand-over.ts';
import { releaseLease } from '../../../shared/routing/limiter.ts';
import { type Limits, placeOrders, queueUp, startLimits } from '../../support/limits.ts';
import { everyDeath, mortal, untilKilled } from '../../support/mortal.ts';

let limits: Limits;
let tasks: Task[];
beforeEach(async () => {
  limits = await startLimits({ concurrent: 2 });
  tasks = await placeOrders(limits, 4);
  for (const task of tasks.toReversed()) await queueUp(limits, task);
});
afterEach(() => limits.close());

const ids = (...numbers: number[]) => numbers.map((number) => tasks[number]?.id);
const waiting = async () => (await limits.queue.listFirst('piapi', 10)).map(({ id }) => id);
const holders = async () => Object.keys((await limits.standings.get('piapi')).standing.leases).sort();
const fail = ({ id }: Task) => limits.tasks.transition(id, { from: ['accepted'], to: 'failed' });
const giveBack = (...gone: number[]) =>
  limits.standings.update('piapi', (standing) =>
    gone.reduce((left, number) => releaseLease(left, tasks[number]?.id ?? '') ?? left, standing),
  );

describe('handOver', () => {
  it('gives the free places to those who waited longest, wakes them and lets them leave the queue', async () => {
    expect(await handOver('piapi', limits.context)).toBe(2);

    expect(await holders()).toEqual(ids(0, 1).toSorted());
    expect(limits.released).toEqual(ids(0, 1));
    expect(await waiting()).toEqual(ids(2, 3));
    expect((await limits.tasks.getTask(tasks[0]?.id ?? ''))?.wake).toBeDefined();
    expect((await limits.tasks.getTask(tasks[2]?.id ?? ''))?.wake).toBeUndefined();
  });

  it('goes on in order of arrival as places are given back', async () => {
    await handOver('piapi', limits.context);
    await giveBack(1);
    await handOver('piapi', limits.context);
    await giveBack(0, 2);
    await handOver('piapi', limits.context);

    expect(limits.released).toEqual(ids(0, 1, 2, 3));
    expect(await waiting()).toEqual([]);
  });

  it('does nothing while all places are taken, and where nobody waits', async () => {
    await handOver('piapi', limits.context);

    expect(await handOver('piapi', limits.context)).toBe(0);
    expect(await handOver('cloudsway', limits.context)).toBe(0);
    expect(limits.released).toHaveLength(2);
  });

  it('wakes everybody who waits for a provider that is not enabled any more', async () => {
    expect(await handOver('piapi', { ...limits.context, providers: new Map() })).toBe(4);
  });

  it('skips a task whose customer asked for its end, and gives its place to the next', async () => {
    await limits.tasks.amend(tasks[0]?.id ?? '', { set: { cancelRequestedAt: 'now' } });

    expect(await handOver('piapi', limits.context)).toBe(2);

    expect(await holders()).toEqual(ids(1, 2).toSorted());
    expect(await waiting()).toEqual(ids(3));
  });

  it('skips a task that ended while it waited, and gives its place to the next', async () => {
    for (const task of tasks.slice(0, 1)) await fail(task);

    expect(await handOver('piapi', limits.context)).toBe(2);

    expect(await holders()).toEqual(ids(1, 2).toSorted());
    expect(limits.released).toEqual(ids(1, 2));
    expect(await waiting()).toEqual(ids(3));
  });

  it.each([
    ['has its place already', 'submitting', {}],
    ['went to another provider', 'accepted', { provider: 'cloudsway' }],
    ['has failed', 'accepted', { failure: { code: 'provider_auth', message: 'No key', charged: 'no' } }],
  ] as const)('neither grants nor wakes a task that %s, and takes its row away', async (_, to, set) => {
    const [first] = tasks;
    await limits.tasks.transition(first?.id ?? '', { from: ['accepted'], to, set });

    expect(await handOver('piapi', limits.context)).toBe(2);

    expect(await holders()).toEqual(ids(1, 2).toSorted());
    expect((await limits.tasks.getTask(first?.id ?? ''))?.wake).toBeUndefined();
    expect(await waiting()).toEqual(ids(3));
  });

  it('wakes a head again that holds its place already', async () => {
    const dying = mortal(limits.context, { write: 1, when: 'after' });
    await untilKilled(handOver('piapi', dying));
    expect(await waiting()).toEqual(ids(0, 1, 2, 3));

    await handOver('piapi', limits.context);

    expect(limits.released).toEqual(ids(0, 1));
    expect(await holders()).toEqual(ids(0, 1).toSorted());
  });

  it('grants no place twice, and wakes everybody who got one, when eight run at once', async () => {
    await Promise.all(Array.from({ length: 8 }, () => handOver('piapi', limits.context)));

    expect(await holders()).toEqual(ids(0, 1).toSorted());
    expect([...new Set(limits.released)].sort()).toEqual(ids(0, 1).toSorted());
    expect(await waiting()).toEqual(ids(2, 3));
  });
});

describe('handOver that is killed', () => {
  /** Two heads, four writes each, and the question whether there is a place for the third. */
  it.each(everyDeath(9))('$when write $write loses nobody and grants nobody twice', async (death) => {
    const fate = await untilKilled(handOver('piapi', mortal(limits.context, death)));
    expect(fate).toBe('killed');
    expect((await holders()).length).toBeLessThanOrEqual(2);

    await handOver('piapi', limits.context);

    expect(await holders()).toEqual(ids(0, 1).toSorted());
    expect([...new Set(limits.released)]).toEqual(ids(0, 1));
    expect(await waiting()).toEqual(ids(2, 3));
    const { standing } = await limits.standings.get('piapi');
    expect(standing.startsMs).toEqual([]);
  });

  it.each(everyDeath(9))('$when write $write keeps the windows too', async (death) => {
    const context = { ...limits.context, providers: new Map([['piapi', { limits: { perHour: 2 } }]]) };
    await untilKilled(handOver('piapi', mortal(context, death)));
    await handOver('piapi', context);

    const { standing } = await limits.standings.get('piapi');
    expect(standing.startsMs).toHaveLength(2);
    expect([...new Set(limits.released)]).toEqual(ids(0, 1));
  });
});
