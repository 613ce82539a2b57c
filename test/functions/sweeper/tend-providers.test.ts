import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { tendProviders } from '../../../functions/sweeper/tend-providers.ts';
import type { Task } from '../../../shared/domain/task.ts';
import { tryPlace } from '../../../shared/limits/take-place.ts';
import type { StandingStore } from '../../../shared/storage/standing-store.ts';
import { type Limits, placeOrders, queueUp, startLimits } from '../../support/limits.ts';
import { everyDeath, mortal, untilKilled } from '../../support/mortal.ts';
import { placeTestOrder } from '../../support/orders.ts';

let limits: Limits;
let holder: Task;
let next: Task;
/** One place, which one task holds and another one waits for. */
beforeEach(async () => {
  limits = await startLimits({ concurrent: 1 });
  onTestFinished(() => limits.close());
  const [first, second] = await placeOrders(limits, 2);
  if (first === undefined || second === undefined) throw new Error('No orders');
  [holder, next] = [first, second];
  await tryPlace(holder, limits.context);
  await queueUp(limits, next);
});

const tend = () => tendProviders(limits.context);
const holders = async () => Object.keys((await limits.standings.get('piapi')).standing.leases);
const waiting = async () => (await limits.queue.listFirst('piapi', 9)).map(({ id }) => id);
const attempt = (overrides: object = {}) => ({
  number: 1,
  provider: 'piapi',
  nativeModel: 't2v-01',
  priceMicroUsd: 200_000,
  claimedAt: holder.createdAt,
  claimId: 'claim-1',
  hasLease: true,
  ...overrides,
});
const failure = { code: 'provider_unavailable', message: 'Away', charged: 'no' };
const move = (to: Task['state'], set: object = {}) =>
  limits.tasks.transition(holder.id, { from: ['accepted'], to, set: { ...set } });

describe('tendProviders', () => {
  it.each([
    ['completed', () => move('completed')],
    ['failed', () => move('failed')],
    ['is copied already', () => move('archiving', { attempts: [attempt()] })],
    ['was turned down', () => move('submitting', { attempts: [attempt({ failure })] })],
    ['went to another provider', () => move('accepted', { provider: 'cloudsway' })],
  ])('takes the place of a task back that %s, and hands it to who waits', async (_, happen) => {
    await happen();
    limits.clock.advance(120);

    expect(await tend()).toBe(1);

    expect(await holders()).toEqual([next.id]);
    expect(await waiting()).toEqual([]);
  });

  it.each([
    ['was not sent yet', () => move('accepted')],
    ['is being sent', () => move('submitting', { attempts: [attempt()] })],
    ['is made', () => move('processing', { attempts: [attempt({ outcome: 'accepted', jobId: 'job-1' })] })],
    ['may be made', () => move('processing', { attempts: [attempt({ outcome: 'unknown' })] })],
    [
      'came from another provider',
      () => move('accepted', { attempts: [attempt({ provider: 'cloudsway', failure })] }),
    ],
    ['is to be tried there again', () => move('accepted', { attempts: [attempt({ failure })] })],
  ])('leaves the place to a task that %s', async (_, happen) => {
    await happen();
    limits.clock.advance(86_400);

    expect(await tend()).toBe(0);

    expect(await holders()).toEqual([holder.id]);
    expect(await waiting()).toEqual([next.id]);
  });

  it('takes no place back that was granted two minutes ago or later', async () => {
    await move('failed');
    limits.clock.advance(119);

    expect(await tend()).toBe(0);
    limits.clock.advance(1);
    expect(await tend()).toBe(1);
  });

  it('leaves the place to a task that was given a new moment since the sweep began', async () => {
    await move('failed');
    limits.clock.advance(120);
    const now = limits.clock.now().toISOString();
    const get: StandingStore['get'] = async (provider) => {
      const record = await limits.standings.get(provider);
      await limits.standings.update('piapi', (standing) => ({ ...standing, leases: { [holder.id]: now } }));
      return record;
    };

    await tendProviders({ ...limits.context, standings: { ...limits.standings, get } });

    expect(await holders()).toEqual([holder.id]);
  });

  it('takes the place back of a task that there never was', async () => {
    const leases = { nobody: holder.createdAt };
    await limits.standings.update('piapi', (standing) => ({ ...standing, leases }));
    limits.clock.advance(120);

    expect(await tend()).toBe(1);
    expect(await holders()).toEqual([next.id]);
  });

  it('wakes the head of a queue whose provider has room, whoever forgot it', async () => {
    await limits.standings.update('piapi', (standing) => ({ ...standing, leases: {} }));

    expect(await tend()).toBe(1);
    expect(limits.released).toEqual([next.id]);
  });

  it('wakes nobody while an operator stopped the provider, and everybody when it goes on', async () => {
    await limits.standings.update('piapi', (standing) => ({ ...standing, leases: {}, stoppedAt: 'then' }));
    expect(await tend()).toBe(0);

    await limits.standings.update('piapi', ({ stoppedAt: _then, ...standing }) => standing);

    expect(await tend()).toBe(1);
  });

  it('tends the others when one provider cannot be tended', async () => {
    await move('failed');
    limits.clock.advance(120);
    const get: StandingStore['get'] = (provider) =>
      provider === 'broken' ? Promise.reject(new Error('away')) : limits.standings.get(provider);
    const providers = new Map(['broken', 'piapi'].map((name) => [name, { limits: { concurrent: 1 } }]));
    const standings = { ...limits.standings, get };

    expect(await tendProviders({ ...limits.context, standings, providers })).toBe(1);
  });

  /** The release, four writes of the hand-over and the question for more. */
  it.each(everyDeath(6))('goes on where a sweep before died $when write $write', async (death) => {
    await move('failed');
    const last = await placeTestOrder(limits, { now: new Date('2026-03-02T10:00:09.000Z') });
    await queueUp(limits, last);
    limits.clock.advance(120);
    await untilKilled(tendProviders(mortal(limits.context, death)));

    await tend();

    expect(await holders()).toEqual([next.id]);
    expect(new Set(limits.released)).toEqual(new Set([next.id]));
    expect(await waiting()).toEqual([last.id]);
  });
});
