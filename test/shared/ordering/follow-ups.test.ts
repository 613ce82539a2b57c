import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { FollowUp, Task } from '../../../shared/domain/task.ts';
import { clearFollowUp } from '../../../shared/ordering/clear-follow-up.ts';
import { type FollowUpContext, finishFollowUps } from '../../../shared/ordering/follow-ups.ts';
import { createMediaStore, type MediaStore, videoKey } from '../../../shared/storage/media-store.ts';
import { requireTask } from '../../../shared/storage/task-store.ts';
import { startLimits } from '../../support/limits.ts';
import { startMediaBucket } from '../../support/media-bucket.ts';
import { everyDeath, mortal, untilKilled } from '../../support/mortal.ts';
import { placeTestOrder } from '../../support/orders.ts';
import type { Tables } from '../../support/tables.ts';
import { webhookTools } from '../../support/webhooks.ts';

const expiresAt = '2026-04-01T10:00:00.000Z';
const deletedAt = '2026-03-02T10:05:00.000Z';

let tables: Tables;
let media: MediaStore;
let context: FollowUpContext;
beforeEach(async () => {
  const limits = await startLimits({});
  onTestFinished(() => limits.close());
  tables = limits;
  media = createMediaStore(await startMediaBucket());
  const providers = new Map([['piapi', { limits: {}, offers: [] }]]);
  const publicUrl = 'https://conch.example.com';
  context = { ...limits.context, providers, media, publicUrl, webhooks: webhookTools(limits) };
});

async function completed(followUps: readonly FollowUp[], set: Partial<Task> = {}): Promise<Task> {
  const { id } = await placeTestOrder(tables, { outboxName: 'cat' });
  const key = videoKey(id);
  await media.putObject(key, 'film', 'video/mp4');
  const result = { key, bytes: 4, sha256: 'f'.repeat(64) };
  const row = { result, chargeMicroUsd: 200_000, expiresAt, followUps, ...set };
  const written = await tables.tasks.transition(id, { from: ['accepted'], to: 'completed', set: row });
  if (written === 'stale') throw new Error('The task was not completed');
  return written;
}

const read = (task: Task) => requireTask(task.id, tables.tasks);
const isThere = async (key: string) => (await media.headObject(key)) !== undefined;
const film = 'outbox/acme/cat.mp4';

describe('finishFollowUps', () => {
  it('does them in order, and leaves the task due when its video expires', async () => {
    const task = await completed(['lease', 'outbox']);

    expect(await finishFollowUps(task.id, context)).toBe(true);

    expect(await read(task)).toMatchObject({ followUps: [], nextDueAt: expiresAt });
    expect(await media.headObject(film)).toMatchObject({ contentType: 'video/mp4', taskId: task.id });
    expect(await finishFollowUps(task.id, context)).toBe(false);
  });

  it('loses no removal that is added while it works', async () => {
    const task = await completed(['outbox']);
    const whileCopying: MediaStore['copyObject'] = async (...copy) => {
      await media.copyObject(...copy);
      await tables.tasks.amendTerminal(task.id, {
        set: { deletedAt },
        append: { followUps: ['removal'] },
      });
    };

    await finishFollowUps(task.id, { ...context, media: { ...media, copyObject: whileCopying } });

    expect(await read(task)).toMatchObject({ followUps: [], nextDueAt: '2026-03-02T10:20:00.000Z' });
    expect([await isThere(videoKey(task.id)), await isThere(film)]).toEqual([false, false]);
  });

  it('leaves what it delivers of a task that is deleted meanwhile to a second removal', async () => {
    const task = await completed(['outbox']);
    const whilePutting: MediaStore['putObject'] = async (...put) => {
      await tables.tasks.amendTerminal(task.id, {
        set: { deletedAt },
        append: { followUps: ['removal'] },
      });
      // From now on the list is again as this worker read it.
      await clearFollowUp(await read(task), 'removal', tables.tasks);
      await media.putObject(...put);
    };

    await finishFollowUps(task.id, { ...context, media: { ...media, putObject: whilePutting } });

    expect(await read(task)).toMatchObject({ followUps: [], nextDueAt: '2026-03-02T10:20:00.000Z' });
  });

  it.each<[string, Partial<Task>, boolean]>([
    ['is gone', {}, false],
    ['has expired', { expiresAt: '2026-03-02T09:00:00.000Z' }, true],
  ])('delivers nothing of a video that %s, and is done with it', async (_, set, isKept) => {
    const task = await completed(['outbox'], set);
    if (!isKept) await media.deleteObject(videoKey(task.id));

    expect(await finishFollowUps(task.id, context)).toBe(true);

    expect(await read(task)).toMatchObject({ followUps: [] });
    expect([await isThere(film), await isThere('outbox/acme/cat.result.json')]).toEqual([false, false]);
  });

  it('tries again what could not be copied for another reason', async () => {
    const task = await completed(['outbox']);
    const copyObject = () => Promise.reject(new Error('S3 is away'));

    await expect(finishFollowUps(task.id, { ...context, media: { ...media, copyObject } })).rejects.toThrow(
      'S3 is away',
    );
    expect(await read(task)).toMatchObject({ followUps: ['outbox'] });
  });

  it('clears each once when three workers meet, and one of them is deleting', async () => {
    const task = await completed(['lease', 'outbox']);
    const remove = () =>
      tables.tasks.amendTerminal(task.id, { set: { deletedAt }, append: { followUps: ['removal'] } });

    const finish = () => finishFollowUps(task.id, context).catch(() => 'lost its source');
    await Promise.all([finish(), remove().then(finish), finish()]);
    await finishFollowUps(task.id, context);

    expect(await read(task)).toMatchObject({ followUps: [], deletedAt });
    expect(await isThere(videoKey(task.id))).toBe(false);
  });

  it('delivers nothing of a deleted task, and then removes its video', async () => {
    const task = await completed(['outbox', 'removal'], { deletedAt });

    await finishFollowUps(task.id, context);

    expect(await read(task)).toMatchObject({ followUps: [] });
    expect([await isThere(videoKey(task.id)), await isThere(film)]).toEqual([false, false]);
  });

  it('leaves to an execution what takes one', async () => {
    const task = await completed(['evidence', 'lease'], { nextDueAt: deletedAt });

    await finishFollowUps(task.id, context);

    expect(await read(task)).toMatchObject({ followUps: ['evidence'], nextDueAt: deletedAt });
  });

  it('delivers again what it delivered of a failed task that is completed meanwhile', async () => {
    const task = await completed(['outbox']);
    await tables.tasks.amendTerminal(task.id, { set: { state: 'failed' } });
    const whilePutting: MediaStore['putObject'] = async (...put) => {
      await media.putObject(...put);
      await tables.tasks.amendTerminal(task.id, { set: { state: 'completed' } });
    };

    await finishFollowUps(task.id, { ...context, media: { ...media, putObject: whilePutting } });

    expect(await isThere(film)).toBe(true);
    expect(await read(task)).toMatchObject({ followUps: [] });
  });

  /** The film and its object, the error of an earlier order, and the cleared follow-up; then the removal. */
  it.each(everyDeath(9))('does the rest after it died $when write $write', async (death) => {
    const task = await completed(['outbox', 'removal']);
    expect(await untilKilled(finishFollowUps(task.id, mortal(context, death)))).toBe('killed');

    await finishFollowUps(task.id, context);

    expect(await read(task)).toMatchObject({ followUps: [] });
    expect([await isThere(videoKey(task.id)), await isThere(film)]).toEqual([false, false]);
  });
});
