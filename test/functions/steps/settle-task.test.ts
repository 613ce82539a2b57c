import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { type SettleContext, settleTask } from '../../../functions/steps/settle-task/settle-task.ts';
import type { Task } from '../../../shared/domain/task.ts';
import { createMediaStore, type MediaStore, videoKey } from '../../../shared/storage/media-store.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import { startMediaBucket } from '../../support/media-bucket.ts';
import { type OrderOverrides, placeTestOrder, readMonth } from '../../support/orders.ts';
import { startTables, type Tables } from '../../support/tables.ts';

let tables: Tables;
let media: MediaStore;
let context: SettleContext;
beforeEach(async () => {
  tables = await startTables();
  onTestFinished(() => tables.close());
  media = createMediaStore(await startMediaBucket());
  const clock = createManualClock();
  const { tasks, ledger } = tables;
  context = { tasks, ledger, media, clock, publicUrl: 'https://conch.example.com' };
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
