import { SFNClient } from '@aws-sdk/client-sfn';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { deleteVideo } from '../../../functions/api/delete-video.ts';
import { type SweepContext, sweep } from '../../../functions/sweeper/sweep.ts';
import type { Task } from '../../../shared/domain/task.ts';
import { toVideoId } from '../../../shared/ids.ts';
import { createMediaStore, videoKey } from '../../../shared/storage/media-store.ts';
import { requireTask } from '../../../shared/storage/task-store.ts';
import { anHttpEvent } from '../../support/http-events.ts';
import { createManualClock, type ManualClock } from '../../support/manual-clock.ts';
import { startMediaBucket } from '../../support/media-bucket.ts';
import { everyDeath, mortal, mortalDeletion, untilKilled } from '../../support/mortal.ts';
import { placeTestOrder } from '../../support/orders.ts';
import { startTables, type Tables } from '../../support/tables.ts';
import { webhookTools } from '../../support/webhooks.ts';

let tables: Tables;
let clock: ManualClock;
let context: SweepContext;
beforeEach(async () => {
  tables = await startTables();
  onTestFinished(() => tables.close());
  clock = createManualClock();
  context = {
    tasks: tables.tasks,
    standings: tables.standings,
    queue: tables.queue,
    providers: new Map(),
    webhooks: webhookTools(tables),
    media: createMediaStore(await startMediaBucket()),
    executions: new SFNClient(),
    stateMachineArn: 'arn:aws:states:us-east-1:000000000000:stateMachine:Conch',
    publicUrl: 'https://conch.example.com',
    clock,
  };
});

const outboxKeys = ['outbox/acme/cat.mp4', 'outbox/acme/cat.result.json'];

/** A task that completed, and was delivered. */
async function deliver(): Promise<Task> {
  const { id } = await placeTestOrder(tables, { outboxName: 'cat', now: clock.now() });
  const key = videoKey(id);
  await context.media.putObject(key, 'film', 'video/mp4');
  const type = { contentType: 'video/mp4', taskId: id };
  for (const outboxKey of outboxKeys) await context.media.putObject(outboxKey, 'film', type);
  const result = { key, bytes: 4, sha256: 'f'.repeat(64) };
  const expiresAt = '2026-04-01T10:00:00.000Z';
  const set = { result, chargeMicroUsd: 200_000, expiresAt, nextDueAt: expiresAt };
  await tables.tasks.transition(id, { from: ['accepted'], to: 'completed', set });
  return requireTask(id, tables.tasks);
}

function remove({ id }: Task, api: Pick<SweepContext, 'tasks' | 'media' | 'clock'>) {
  const event = anHttpEvent({ method: 'DELETE', path: '/' });
  return deleteVideo(
    { event, account: 'acme', keyId: 'key_1', isKeyCounted: false, parameters: { id: toVideoId(id) } },
    { ...api, clock },
  );
}

const objectsLeft = async ({ id }: Task) => {
  const keys = [videoKey(id), ...outboxKeys];
  const heads = await Promise.all(keys.map((key) => context.media.headObject(key)));
  return keys.filter((_, index) => heads[index] !== undefined);
};

async function expectGone(task: Task): Promise<void> {
  expect(await objectsLeft(task)).toEqual([]);
  const view = await tables.tasks.getTaskView(task.id);
  expect(view?.task).toMatchObject({ followUps: [], deletedAt: expect.any(String), chargeMicroUsd: 200_000 });
  expect(view?.request).not.toHaveProperty('prompt');
}

/** The mark on the row, the video, two answers in the outbox, the request, and the cleared follow-up. */
const deaths = everyDeath(6);

describe('a deletion', () => {
  it.each(deaths)('is finished by the sweeper after it died $when write $write', async (death) => {
    const task = await deliver();
    const isMarked = death.write > 1 || death.when === 'after';
    await untilKilled(remove(task, mortalDeletion(context, death)));
    const killed = await requireTask(task.id, tables.tasks);
    expect(killed.deletedAt !== undefined).toBe(isMarked);

    clock.advance(61);
    await sweep(context);

    if (isMarked) await expectGone(task);
    else
      expect([await requireTask(task.id, tables.tasks), (await objectsLeft(task)).length]).toEqual([task, 3]);
  });

  it.each(deaths)('is finished by a sweeper after one died $when write $write', async (death) => {
    const task = await deliver();
    await untilKilled(remove(task, mortalDeletion(context, { write: 1, when: 'after' })));
    clock.advance(61);

    await untilKilled(sweep(mortal(context, death)));
    clock.advance(301);
    await sweep(context);

    await expectGone(task);
  });

  it('is done by one call, and leaves nothing due but a second look at its files', async () => {
    const task = await deliver();

    await remove(task, context);

    await expectGone(task);
    expect((await requireTask(task.id, tables.tasks)).nextDueAt).toBe('2026-03-02T10:15:00.000Z');
    clock.advance(15 * 60);
    expect(await sweep(context)).toMatchObject({ removed: 1 });
    expect((await requireTask(task.id, tables.tasks)).nextDueAt).toBeUndefined();
  });

  it('is that of the first request when another one read the same row, and writes later', async () => {
    const task = await deliver();
    await remove(task, context);
    const deleted = await requireTask(task.id, tables.tasks);
    clock.advance(10);
    let reads = 0;
    const getTask = async (id: string) => {
      reads += 1;
      return reads === 1 ? task : tables.tasks.getTask(id);
    };

    const answer = await remove(task, { ...context, tasks: { ...tables.tasks, getTask } });

    expect([answer.statusCode, reads]).toEqual([200, 2]);
    expect(await requireTask(task.id, tables.tasks)).toEqual(deleted);
  });

  it('takes away what a worker writes that was late', async () => {
    const task = await deliver();
    await remove(task, context);
    await context.media.putObject(videoKey(task.id), 'film', 'video/mp4');
    const type = { contentType: 'video/mp4', taskId: task.id };
    for (const outboxKey of outboxKeys) await context.media.putObject(outboxKey, 'film', type);

    clock.advance(15 * 60);
    await sweep(context);

    await expectGone(task);
  });

  it('waits for S3 to come back, and is answered all the same', async () => {
    const task = await deliver();
    const away = { ...context.media, deleteObject: () => Promise.reject(new Error('S3 is away')) };

    const answer = await remove(task, { ...context, media: away });
    expect(answer.statusCode).toBe(200);
    clock.advance(61);
    expect(await sweep({ ...context, media: away })).toMatchObject({ failed: 1 });
    clock.advance(301);
    await sweep(context);

    await expectGone(task);
  });
});
