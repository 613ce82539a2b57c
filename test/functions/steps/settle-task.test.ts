import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { type SettleContext, settleTask } from '../../../functions/steps/settle-task/settle-task.ts';
import type { Task } from '../../../shared/domain/task.ts';
import { handOver } from '../../../shared/limits/hand-over.ts';
import { tryPlace } from '../../../shared/limits/take-place.ts';
import { createMediaStore, type MediaStore, videoKey } from '../../../shared/storage/media-store.ts';
import { queueUp, startLimits } from '../../support/limits.ts';
import { startMediaBucket } from '../../support/media-bucket.ts';
import { everyDeath, mortal, untilKilled } from '../../support/mortal.ts';
import { type OrderOverrides, placeTestOrder, readMonth } from '../../support/orders.ts';
import type { Tables } from '../../support/tables.ts';
import { webhookTools } from '../../support/webhooks.ts';

let tables: Tables;
let media: MediaStore;
let context: SettleContext;
/** Tokens of the executions that were woken. */
let released: readonly string[];
beforeEach(async () => {
  const limits = await startLimits({ concurrent: 1 });
  onTestFinished(() => limits.close());
  tables = limits;
  released = limits.released;
  media = createMediaStore(await startMediaBucket());
  const providers = new Map([['piapi', { limits: { concurrent: 1 }, offers: [] }]]);
  const publicUrl = 'https://conch.example.com';
  const webhooks = webhookTools(limits);
  context = { ...limits.context, providers, ledger: limits.ledger, media, publicUrl, webhooks };
});

const settle = (task: Task, overrides: Partial<SettleContext> = {}) =>
  settleTask({ taskId: task.id, run: 1 }, { ...context, ...overrides });

async function archived(overrides: OrderOverrides = {}): Promise<Task> {
  const task = await placeTestOrder(tables, overrides);
  const key = videoKey(task.id);
  await media.putObject(key, 'film', 'video/mp4');
  const set = { result: { key, bytes: 4, sha256: 'f'.repeat(64) } };
  await tables.tasks.transition(task.id, { from: ['accepted'], to: 'archiving', set });
  return task;
}

const readOutbox = async (name: string) => {
  const bytes = await media.getBytes(`outbox/acme/${name}`, { maxBytes: 99_999 });
  return bytes && Buffer.from(bytes).toString();
};

describe('settleTask', () => {
  it('completes the task and captures its hold', async () => {
    const task = await archived();

    expect(await settle(task)).toEqual({ decision: 'done' });

    expect(await tables.tasks.getTask(task.id)).toMatchObject({
      state: 'completed',
      chargeMicroUsd: 200_000,
    });
    expect(await readMonth(tables, 'acme')).toEqual({ committedMicroUsd: 0, spentMicroUsd: 200_000 });
  });

  it('books once when it runs three times', async () => {
    const task = await archived();

    await Promise.all([settle(task), settle(task)]);
    await settle(task);

    expect(await readMonth(tables, 'acme')).toEqual({ committedMicroUsd: 0, spentMicroUsd: 200_000 });
  });

  it('answers an order from the inbox with the video and its object', async () => {
    const task = await archived({ outboxName: 'clips/sea' });

    await settle(task);

    expect(await readOutbox('clips/sea.mp4')).toBe('film');
    expect(JSON.parse((await readOutbox('clips/sea.result.json')) ?? '')).toMatchObject({
      status: 'completed',
    });
    expect(await tables.tasks.getTask(task.id)).toMatchObject({ followUps: [] });
  });

  it('removes the refusal of an earlier order of that name', async () => {
    const task = await archived({ outboxName: 'sea' });
    await media.putObject('outbox/acme/sea.error.json', '{}', 'application/json');

    await settle(task);

    expect(await readOutbox('sea.error.json')).toBeUndefined();
  });

  it('finishes the follow-ups, and books nothing again, after it died between the two', async () => {
    const task = await archived({ outboxName: 'sea' });
    const dying = { ...media, copyObject: () => Promise.reject(new Error('killed')) };
    await expect(settle(task, { media: dying })).rejects.toThrow('killed');
    expect(await tables.tasks.getTask(task.id)).toMatchObject({ state: 'completed', followUps: ['outbox'] });

    await settle(task);

    expect(await readOutbox('sea.mp4')).toBe('film');
    expect(await tables.tasks.getTask(task.id)).toMatchObject({ followUps: [] });
    expect(await readMonth(tables, 'acme')).toEqual({ committedMicroUsd: 0, spentMicroUsd: 200_000 });
  });

  it('refuses a task that is still being made', async () => {
    const task = await placeTestOrder(tables);

    await expect(settle(task)).rejects.toThrow('no outcome to settle');
    expect(await readMonth(tables, 'acme')).toEqual({ committedMicroUsd: 200_000, spentMicroUsd: 0 });
  });
});

describe('settleTask of a task that holds a place', () => {
  const failure = { code: 'generation_failed', message: 'Failed', charged: 'no' };
  const holders = async () => Object.keys((await tables.standings.get('piapi')).standing.leases);
  const waiting = async () => (await tables.queue.listFirst('piapi', 9)).map(({ id }) => id);

  /** A task with the only place at piapi, and another one that sleeps until it is given back. */
  async function placed(): Promise<{ readonly task: Task; readonly next: Task }> {
    const task = await archived();
    await tryPlace(task, context);
    const attempt = {
      number: 1,
      provider: 'piapi',
      nativeModel: 't2v-01',
      priceMicroUsd: 200_000,
      claimedAt: task.createdAt,
      claimId: 'claim-1',
      hasLease: true,
    };
    await tables.tasks.amend(task.id, { set: { attempts: [attempt] } });
    const next = await placeTestOrder(tables);
    await queueUp(tables, next);
    return { task, next };
  }

  it.each([
    ['completed', { set: { looks: 1 } }],
    ['failed', { set: { failure }, remove: ['result'] }],
  ])('hands the place of one that %s to the next', async (_, changes) => {
    const { task, next } = await placed();
    await tables.tasks.amend(task.id, changes);

    await settle(task);

    expect(await holders()).toEqual([next.id]);
    expect(released).toEqual([next.id]);
    expect(await waiting()).toEqual([]);
    expect((await tables.tasks.getTask(task.id))?.followUps).toEqual([]);
  });

  it('lets one that ends while it waits leave the queue, and give back what it was granted meanwhile', async () => {
    const { task, next } = await placed();
    await tables.tasks.amend(next.id, { set: { failure } });

    await settle(next);

    expect(await waiting()).toEqual([]);
    expect(await holders()).toEqual([task.id]);
    expect(await tables.tasks.getTask(next.id)).toMatchObject({ state: 'failed', followUps: [] });
  });

  it('gives a place back at every provider where it held one', async () => {
    const { task } = await placed();
    await tables.tasks.amend(task.id, { set: { provider: 'cloudsway' } });
    await tables.standings.update('cloudsway', (standing) => ({
      ...standing,
      leases: { [task.id]: 'then' },
    }));

    await settle(task);

    expect(await holders()).not.toContain(task.id);
    expect((await tables.standings.get('cloudsway')).standing.leases).toEqual({});
  });

  /** The release, four writes of the hand-over and the question for more, and the cleared follow-up. */
  it.each(everyDeath(7))('does the rest after it died $when write $write', async (death) => {
    const { task, next } = await placed();
    const dying = settleTask({ taskId: task.id, run: 1 }, mortal(context, death));
    expect(await untilKilled(dying)).toBe('killed');

    await settle(task);
    await handOver('piapi', context);

    expect(await holders()).toEqual([next.id]);
    expect(new Set(released)).toEqual(new Set([next.id]));
    expect(await waiting()).toEqual([]);
    expect((await tables.tasks.getTask(task.id))?.followUps).toEqual([]);
    expect(await readMonth(tables, 'acme')).toEqual({ committedMicroUsd: 200_000, spentMicroUsd: 200_000 });
  });
});
