import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { removeWhenDue } from '../../../functions/sweeper/remove-when-due.ts';
import type { Task } from '../../../shared/domain/task.ts';
import { createMediaStore, type MediaStore, videoKey } from '../../../shared/storage/media-store.ts';
import { requireTask } from '../../../shared/storage/task-store.ts';
import { createManualClock, type ManualClock } from '../../support/manual-clock.ts';
import { startMediaBucket } from '../../support/media-bucket.ts';
import { everyDeath, mortalDeletion, untilKilled } from '../../support/mortal.ts';
import { placeTestOrder } from '../../support/orders.ts';
import { startTables, type Tables } from '../../support/tables.ts';

const expiresAt = '2026-03-09T10:00:00.000Z';
const deletedAt = '2026-03-02T10:00:00.000Z';
const week = 7 * 86_400;
const outboxKeys = ['outbox/acme/cat.mp4', 'outbox/acme/cat.result.json'];

let tables: Tables;
let clock: ManualClock;
let media: MediaStore;
beforeEach(async () => {
  tables = await startTables();
  onTestFinished(() => tables.close());
  clock = createManualClock();
  media = createMediaStore(await startMediaBucket());
});

async function completed(changes: Partial<Task> = {}): Promise<Task> {
  const { id } = await placeTestOrder(tables, { outboxName: 'cat' });
  const key = videoKey(id);
  await media.putObject(key, 'film', 'video/mp4');
  const type = { contentType: 'video/mp4', taskId: id };
  for (const outboxKey of outboxKeys) await media.putObject(outboxKey, 'film', type);
  const result = { key, bytes: 4, sha256: 'f'.repeat(64) };
  const set = { result, chargeMicroUsd: 200_000, expiresAt, nextDueAt: expiresAt, ...changes };
  const written = await tables.tasks.transition(id, { from: ['accepted'], to: 'completed', set });
  if (written === 'stale') throw new Error('The task was not completed');
  return written;
}

const tools = () => ({ tasks: tables.tasks, media, clock });
const read = (task: Task) => requireTask(task.id, tables.tasks);
const countLeft = async ({ id }: Task) => {
  const heads = await Promise.all([videoKey(id), ...outboxKeys].map((key) => media.headObject(key)));
  return heads.filter((head) => head !== undefined).length;
};

describe('removeWhenDue', () => {
  it('removes a video and what was delivered of it when it expires, and not a second earlier', async () => {
    const task = await completed();
    clock.advance(week - 1);
    expect(await removeWhenDue(task, tools())).toBe('nothing');
    expect(await countLeft(task)).toBe(3);

    clock.advance(1);
    expect(await removeWhenDue(task, tools())).toBe('removed');

    expect(await countLeft(task)).toBe(0);
    const { nextDueAt, ...rest } = await read(task);
    expect([nextDueAt, rest]).toEqual([undefined, { ...task, nextDueAt: undefined }]);
    expect(await tables.tasks.listDueTaskIds(new Date('2100-01-01'), 9)).toEqual([]);
  });

  it('forgets nothing of what an expired video was ordered with', async () => {
    const task = await completed();
    clock.advance(week);

    await removeWhenDue(task, tools());

    expect((await tables.tasks.getTaskView(task.id))?.request.prompt).toBe('A lighthouse at dusk');
  });

  /** The video, two answers in the outbox, and the row. */
  it.each(everyDeath(4))('is done by the next one after it died $when write $write', async (death) => {
    const task = await completed();
    clock.advance(week);
    expect(await untilKilled(removeWhenDue(task, mortalDeletion(tools(), death)))).toBe('killed');

    await removeWhenDue(await read(task), tools());

    expect([await countLeft(task), (await read(task)).nextDueAt]).toEqual([0, undefined]);
  });

  it('removes what a deleted task may have been given late, a quarter of an hour after its deletion', async () => {
    const task = await completed({ deletedAt, nextDueAt: '2026-03-02T10:15:00.000Z' });
    clock.advance(15 * 60);

    expect(await removeWhenDue(task, tools())).toBe('removed');

    expect([await countLeft(task), (await read(task)).nextDueAt]).toEqual([0, undefined]);
    expect((await tables.tasks.getTaskView(task.id))?.request).not.toHaveProperty('prompt');
  });

  it('leaves a task due that was deleted while its expired files were removed', async () => {
    const task = await completed();
    clock.advance(week);
    const nextDueAt = '2026-03-09T10:01:00.000Z';
    const whileDeleting = async (key: string) => {
      await media.deleteObject(key);
      const changes = { set: { deletedAt: expiresAt, nextDueAt }, append: { followUps: ['removal'] } };
      await tables.tasks.amendTerminal(task.id, changes);
    };

    await removeWhenDue(task, { ...tools(), media: { ...media, deleteObject: whileDeleting } });

    expect(await read(task)).toMatchObject({ followUps: ['removal'], nextDueAt });
  });

  it.each<[string, Partial<Task>, number]>([
    ['removes an expired video', {}, week],
    ['removes a deleted one once more', { deletedAt }, 15 * 60],
  ])('%s whose webhook cannot be handed over, and leaves it due for that', async (_, changes, seconds) => {
    const nextDueAt = '2026-03-02T10:05:00.000Z';
    const task = await completed({ ...changes, followUps: ['webhook'], nextDueAt });
    clock.advance(seconds - 1);
    expect([await removeWhenDue(task, tools()), await countLeft(task)]).toEqual(['nothing', 3]);

    clock.advance(1);
    expect([await removeWhenDue(task, tools()), await countLeft(task)]).toEqual(['removed', 0]);

    expect(await read(task)).toMatchObject({ followUps: ['webhook'], nextDueAt });
  });

  it('puts a video off that was due too early', async () => {
    const task = await completed({ nextDueAt: '2026-03-02T10:00:00.000Z' });

    expect(await removeWhenDue(task, tools())).toBe('nothing');

    expect(await read(task)).toMatchObject({ nextDueAt: expiresAt });
    expect(await countLeft(task)).toBe(3);
  });

  it('lets a failed task rest that has nothing to remove', async () => {
    const task = { ...(await completed()), state: 'failed', expiresAt: undefined } as const;

    expect(await removeWhenDue(task, tools())).toBe('nothing');

    expect((await read(task)).nextDueAt).toBeUndefined();
  });

  it.each<[string, Partial<Task>]>([
    ['has more left to do', { followUps: ['lease'] }],
    ['has more left to do than a webhook', { followUps: ['webhook', 'outbox'] }],
    ['was removed already, or ended before videos were removed', { nextDueAt: undefined }],
  ])('does nothing about a task that %s', async (_, changes) => {
    const task = await completed();
    clock.advance(week);

    expect(await removeWhenDue({ ...task, ...changes }, tools())).toBe('nothing');

    expect([await countLeft(task), (await read(task)).nextDueAt]).toEqual([3, expiresAt]);
  });
});
