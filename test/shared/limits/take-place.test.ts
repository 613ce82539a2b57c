import { describe, expect, it, onTestFinished } from 'vitest';
import { secondsAfter, secondsBetween } from '../../../shared/clock.ts';
import type { ProviderLimits } from '../../../shared/domain/offer.ts';
import type { Task } from '../../../shared/domain/task.ts';
import { giveBackPlace } from '../../../shared/limits/give-back.ts';
import { sleepSeconds, tryPlace, waitForPlace } from '../../../shared/limits/take-place.ts';
import { afterRateLimit, afterSuccess } from '../../../shared/routing/health.ts';
import { type Limits, placeOrders, startLimits } from '../../support/limits.ts';
import { everyDeath, mortal, untilKilled } from '../../support/mortal.ts';
import { anOrder } from '../../support/orders.ts';

async function start(providerLimits: ProviderLimits, count = 3) {
  const limits = await startLimits(providerLimits);
  onTestFinished(() => limits.close());
  const [first, second, third] = await placeOrders(limits, Math.max(3, count));
  if (first === undefined || second === undefined || third === undefined) throw new Error('No orders');
  return { limits, first, second, third };
}

const waiting = async ({ queue }: Limits) => (await queue.listFirst('piapi', 10)).map(({ id }) => id);
const readLeases = async ({ standings }: Limits) => (await standings.get('piapi')).standing.leases;
const stop = ({ standings, clock }: Limits) =>
  standings.update('piapi', (standing) => ({ ...standing, stoppedAt: clock.now().toISOString() }));
const askForPatience = ({ standings, clock }: Limits, seconds: number) =>
  standings.update('piapi', (standing) => afterRateLimit(standing, seconds, clock.now()));

describe('tryPlace', () => {
  it('grants a place without a lease, and writes nothing, where nothing is limited', async () => {
    const { limits, first } = await start({});

    expect(await tryPlace(first, limits.context)).toMatchObject({ kind: 'granted', isLeased: false });
    expect((await limits.standings.get('piapi')).standing.version).toBe(0);
  });

  it('grants a lease while there is a free place, and no more', async () => {
    const { limits, first, second, third } = await start({ concurrent: 2 });

    expect(await tryPlace(first, limits.context)).toMatchObject({ kind: 'granted', isLeased: true });
    expect(await tryPlace(second, limits.context)).toMatchObject({ kind: 'granted' });
    expect(await tryPlace(third, limits.context)).toEqual({ kind: 'full' });
  });

  it('grants exactly as many of twenty that ask at once as there are places', async () => {
    const { limits } = await start({ concurrent: 4 });
    const tasks = await placeOrders(limits, 20);

    const places = await Promise.all(tasks.map((task) => tryPlace(task, limits.context)));

    expect(places.filter(({ kind }) => kind === 'granted')).toHaveLength(4);
    expect(Object.keys(await readLeases(limits))).toHaveLength(4);
  });

  it('grants the same place again', async () => {
    const { limits, first } = await start({ concurrent: 1, perHour: 1 });
    const place = await tryPlace(first, limits.context);

    expect(await tryPlace(first, limits.context)).toEqual(place);
  });

  it('grants another moment to who missed the first, and only then', async () => {
    const { limits, first } = await start({ concurrent: 1, perHour: 1 });
    await tryPlace(first, limits.context);
    limits.clock.advance(300);

    const place = await tryPlace(first, limits.context);

    expect(place).toMatchObject({ kind: 'granted', at: limits.clock.now().toISOString(), isLeased: true });
    const { standing } = await limits.standings.get('piapi');
    expect(standing.startsMs).toEqual([limits.clock.now().getTime()]);
  });

  it('lets nobody overtake who waits already, although there is a free place', async () => {
    const { limits, first, second } = await start({ concurrent: 1 });
    await limits.queue.join('piapi', first);

    expect(await tryPlace(second, limits.context)).toEqual({ kind: 'full' });
    expect(await tryPlace(first, limits.context)).toMatchObject({ kind: 'granted' });
  });

  it('says when the window of the head opens', async () => {
    const { limits, first, second } = await start({ perHour: 1 });
    await tryPlace(first, limits.context);

    expect(await tryPlace(second, limits.context)).toEqual({
      kind: 'full',
      availableAt: secondsAfter(limits.clock.now(), 3601),
    });
  });

  it('keeps everybody waiting at a provider that asked for patience, also one without limits', async () => {
    const { limits, first } = await start({});
    await askForPatience(limits, 30);

    expect(await tryPlace(first, limits.context)).toMatchObject({ kind: 'full' });
    limits.clock.advance(20);
    const place = await tryPlace(first, limits.context);
    expect(place).toMatchObject({ kind: 'granted', isLeased: true });
    expect(place.kind === 'granted' && secondsBetween(limits.clock.now(), place.at)).toBe(10);
  });

  it('lets one order go first after a pause, and all others once that was taken', async () => {
    const { limits, first, second } = await start({});
    await askForPatience(limits, 5);
    await tryPlace(first, limits.context);
    limits.clock.advance(6);
    expect(await tryPlace(second, limits.context)).toMatchObject({ kind: 'full' });

    await limits.standings.update('piapi', afterSuccess);

    expect(await tryPlace(second, limits.context)).toMatchObject({ kind: 'granted', isLeased: false });
  });

  it('keeps everybody waiting while an operator stopped the provider, also one without limits', async () => {
    const { limits, first } = await start({});
    await stop(limits);

    expect(await tryPlace(first, limits.context)).toEqual({ kind: 'full' });
  });
});

describe('waitForPlace', () => {
  it('joins the queue', async () => {
    const { limits, first, second, third } = await start({ concurrent: 1 });
    await tryPlace(first, limits.context);

    expect(await waitForPlace(third, limits.context)).toEqual({ kind: 'full' });
    expect(await waitForPlace(second, limits.context)).toEqual({ kind: 'full' });
    expect(await waiting(limits)).toEqual([second.id, third.id]);
  });

  it('takes the place that came free since it was refused', async () => {
    const { limits, first, second } = await start({ concurrent: 1 });
    await tryPlace(first, limits.context);
    await tryPlace(second, limits.context);
    await giveBackPlace('piapi', first.id, limits.context);

    expect(await waitForPlace(second, limits.context)).toMatchObject({ kind: 'granted' });
    expect(await waiting(limits)).toEqual([]);
  });

  it('hands the free place to who came before', async () => {
    const { limits, first, second } = await start({ concurrent: 1 });
    await limits.queue.join('piapi', first);

    expect(await waitForPlace(second, limits.context)).toEqual({ kind: 'full' });
    expect(Object.keys(await readLeases(limits))).toEqual([first.id]);
    expect(await waiting(limits)).toEqual([second.id]);
  });

  it.each(everyDeath(5))('gets one place, once, when it is killed $when write $write', async (death) => {
    const { limits, first } = await start({ concurrent: 1, perHour: 5 });
    expect(await untilKilled(waitForPlace(first, mortal(limits.context, death)))).toBe('killed');

    expect(await waitForPlace(first, limits.context)).toMatchObject({ kind: 'granted' });

    const { standing } = await limits.standings.get('piapi');
    expect(Object.keys(standing.leases)).toEqual([first.id]);
    expect(standing.startsMs).toHaveLength(1);
    expect(await waiting(limits)).toEqual([]);
  });
});

describe('giveBackPlace', () => {
  it('hands the place to who waits longest', async () => {
    const { limits, first, second, third } = await start({ concurrent: 1 });
    await tryPlace(first, limits.context);
    for (const task of [third, second]) await waitForPlace(task, limits.context);

    await giveBackPlace('piapi', first.id, limits.context);

    expect(Object.keys(await readLeases(limits))).toEqual([second.id]);
    expect(await waiting(limits)).toEqual([third.id]);
  });

  it('gives one place back when it is done twice', async () => {
    const { limits, first, second, third } = await start({ concurrent: 2 });
    for (const task of [first, second]) await tryPlace(task, limits.context);
    await waitForPlace(third, limits.context);

    for (let times = 0; times < 2; times += 1) await giveBackPlace('piapi', first.id, limits.context);

    expect(Object.keys(await readLeases(limits)).sort()).toEqual([second.id, third.id].sort());
  });

  it('changes nothing for a task that holds no place', async () => {
    const { limits, first } = await start({ concurrent: 1 });

    await giveBackPlace('piapi', first.id, limits.context);

    expect((await limits.standings.get('piapi')).standing.version).toBe(0);
  });
});

describe('sleepSeconds', () => {
  const now = new Date('2026-03-02T10:00:00.000Z');
  const task: Task = anOrder({ now }).task;
  const sleep = (availableAt: string | undefined, later = 0) =>
    sleepSeconds({ kind: 'full', ...(availableAt !== undefined && { availableAt }) }, task, {
      now: new Date(secondsAfter(now, later)),
      maxQueueSeconds: 86_400,
    });

  it('is until the window opens, in whole seconds, at least one', () => {
    expect(sleep(secondsAfter(now, 12.2))).toBe(13);
    expect(sleep(secondsAfter(now, 0.2))).toBe(1);
    expect(sleep(secondsAfter(now, -5))).toBe(1);
  });

  it('is until a task may not wait any longer where nobody knows when there is a place', () => {
    expect(sleep(undefined, 86_000)).toBe(401);
    expect(sleep(secondsAfter(now, 90_000), 86_000)).toBe(401);
  });

  it('is a day at most, as the workflow allows', () => {
    expect(sleep(undefined)).toBe(86_400);
    expect(sleep(secondsAfter(now, 999_999))).toBe(86_400);
  });
});
