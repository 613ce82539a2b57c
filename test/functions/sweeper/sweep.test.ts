import { SFNClient } from '@aws-sdk/client-sfn';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { repairAfter, type SweepContext, sweep } from '../../../functions/sweeper/sweep.ts';
import { startAwsJsonServer } from '../../../infra/local/aws-json-server.ts';
import { AwsServiceError } from '../../../infra/local/aws-service-error.ts';
import type { LocalServer } from '../../../infra/local/local-server.ts';
import { createMediaStore, type MediaStore, videoKey } from '../../../shared/storage/media-store.ts';
import { placeLateJob } from '../../support/late-job.ts';
import { createManualClock, type ManualClock } from '../../support/manual-clock.ts';
import { startMediaBucket } from '../../support/media-bucket.ts';
import { everyDeath, mortal, untilKilled } from '../../support/mortal.ts';
import { placeTestOrder, readMonth } from '../../support/orders.ts';
import { startTables, type Tables } from '../../support/tables.ts';
import { webhookTools } from '../../support/webhooks.ts';

const stateMachineArn = 'arn:aws:states:us-east-1:000000000000:stateMachine:Conch';
const executionSchema = z.object({ executionArn: z.string() });
const startSchema = z.object({ name: z.string(), input: z.string() });

let tables: Tables;
let media: MediaStore;
let clock: ManualClock;
let stepFunctions: LocalServer;
let context: SweepContext;
/** What the embedded Step Functions knows: execution names with their status. */
let executions: Map<string, string>;

beforeEach(async () => {
  tables = await startTables();
  media = createMediaStore(await startMediaBucket());
  clock = createManualClock();
  executions = new Map();
  stepFunctions = await startAwsJsonServer({
    services: {
      AWSStepFunctions: async (operation, input) =>
        operation === 'DescribeExecution'
          ? describeExecution(executionSchema.parse(input).executionArn)
          : start(startSchema.parse(input).name),
    },
  });
  context = {
    tasks: tables.tasks,
    standings: tables.standings,
    queue: tables.queue,
    webhooks: webhookTools(tables),
    providers: new Map([['piapi', { limits: { concurrent: 1 }, offers: [] }]]),
    media,
    executions: new SFNClient({ endpoint: stepFunctions.url }),
    stateMachineArn,
    publicUrl: 'https://conch.example.com',
    clock,
  };
});
afterEach(async () => {
  await Promise.all([tables.close(), stepFunctions.close()]);
});

async function describeExecution(arn: string) {
  const name = arn.split(':').at(-1) ?? '';
  const status = executions.get(name);
  if (status === undefined) throw new AwsServiceError('ExecutionDoesNotExist', name);
  return { executionArn: arn, stateMachineArn, name, status, startDate: 0 };
}

async function start(name: string) {
  if (executions.has(name)) throw new AwsServiceError('ExecutionAlreadyExists', name);
  executions.set(name, 'RUNNING');
  return { executionArn: `${stateMachineArn}:${name}`, startDate: 0 };
}

describe('sweep', () => {
  it('leaves a young task alone', async () => {
    await placeTestOrder(tables);

    expect(await sweep(context)).toMatchObject({ started: 0 });
    expect(executions.size).toBe(0);
  });

  it('puts a sleeper back into its queue that has no row there, and wakes it', async () => {
    const task = await placeTestOrder(tables);
    await tables.tasks.amend(task.id, { set: { queuedAt: task.createdAt } });
    executions.set(`${task.id}-1`, 'RUNNING');
    clock.advance(61);

    expect(await sweep(context)).toMatchObject({ still_running: 1, handed_over: 1 });

    expect((await tables.tasks.getTask(task.id))?.wake).toBeDefined();
  });

  const stop = () => tables.standings.update('piapi', (standing) => ({ ...standing, stoppedAt: 'then' }));
  const switchOff = async () => {
    context = { ...context, providers: new Map() };
  };
  it.each([
    ['wakes', 'was switched off', switchOff, { providers: ['piapi'] }, true],
    ['wakes', 'was stopped, and that may go elsewhere', stop, {}, true],
    ['lets sleep', 'was stopped, and that waits for this one', stop, { providers: ['piapi'] }, false],
  ])('%s who waits for a provider that %s', async (_, __, happen, request, isWoken) => {
    const task = await placeTestOrder(tables, { request });
    await tables.queue.join('piapi', task);
    await tables.tasks.amend(task.id, { set: { queuedAt: task.createdAt } });
    executions.set(`${task.id}-1`, 'RUNNING');
    clock.advance(61);
    await happen();

    await sweep(context);

    expect((await tables.tasks.getTask(task.id))?.wake !== undefined).toBe(isWoken);
  });

  it('starts a task that was accepted but never started', async () => {
    const task = await placeTestOrder(tables);
    clock.advance(61);

    expect(await sweep(context)).toMatchObject({ started: 1 });
    expect([...executions.keys()]).toEqual([`${task.id}-1`]);
  });

  it('restarts a dead execution under the next number, once', async () => {
    const task = await placeTestOrder(tables);
    executions.set(`${task.id}-1`, 'FAILED');
    clock.advance(61);

    expect(await sweep(context)).toMatchObject({ restarted: 1 });
    expect(await sweep(context)).toMatchObject({ restarted: 0 });
    expect([...executions.keys()]).toEqual([`${task.id}-1`, `${task.id}-2`]);
    expect(await tables.tasks.getTask(task.id)).toMatchObject({ run: 2 });
  });

  it('restarts once when two sweepers meet', async () => {
    const task = await placeTestOrder(tables);
    executions.set(`${task.id}-1`, 'TIMED_OUT');
    clock.advance(61);

    await Promise.all([sweep(context), sweep(context)]);

    expect([...executions.keys()]).toEqual([`${task.id}-1`, `${task.id}-2`]);
  });

  it('starts the raised run after a sweeper died between raising and starting it', async () => {
    const task = await placeTestOrder(tables);
    executions.set(`${task.id}-1`, 'FAILED');
    await tables.tasks.amend(task.id, { set: { run: 2 } });
    clock.advance(61);

    expect(await sweep(context)).toMatchObject({ started: 1 });
    expect([...executions.keys()]).toEqual([`${task.id}-1`, `${task.id}-2`]);
  });

  it('does not touch a task whose execution runs, and looks again later', async () => {
    const task = await placeTestOrder(tables);
    executions.set(`${task.id}-1`, 'RUNNING');
    clock.advance(61);

    expect(await sweep(context)).toMatchObject({ still_running: 1 });
    expect(await sweep(context)).toMatchObject({ still_running: 0 });
  });

  it('finishes the follow-ups of a task that ended', async () => {
    const task = await placeTestOrder(tables, { outboxName: 'clips/cat' });
    await settleAsFailed(task.id);
    clock.advance(61);

    expect(await sweep(context)).toMatchObject({ followed_up: 1 });

    const answer = await media.getBytes('outbox/acme/clips/cat.error.json', { maxBytes: 9999 });
    expect(JSON.parse(Buffer.from(answer ?? '').toString())).toMatchObject({ status: 'failed' });
    expect(await sweep(context)).toMatchObject({ followed_up: 0 });
  });

  it('removes the video of a task when it expires', async () => {
    const { id } = await placeTestOrder(tables);
    const expiresAt = '2026-03-03T10:00:00.000Z';
    await media.putObject(videoKey(id), 'film', 'video/mp4');
    const set = { chargeMicroUsd: 200_000, expiresAt, nextDueAt: expiresAt };
    await tables.tasks.transition(id, { from: ['accepted'], to: 'completed', set });
    clock.advance(86_399);
    expect(await sweep(context)).toMatchObject({ removed: 0 });
    clock.advance(1);

    expect(await sweep(context)).toMatchObject({ removed: 1, nothing: 0 });

    expect(await media.headObject(videoKey(id))).toBeUndefined();
    expect(await sweep(context)).toMatchObject({ removed: 0, nothing: 0 });
  });

  it('repairs the others when one task cannot be repaired', async () => {
    const broken = await placeTestOrder(tables, { outboxName: 'a' });
    await settleAsFailed(broken.id);
    const task = await placeTestOrder(tables, { now: new Date('2026-03-02T10:00:01.000Z') });
    const away = { ...media, putObject: () => Promise.reject(new Error('S3 is away')) };
    clock.advance(120);

    expect(await sweep({ ...context, media: away })).toMatchObject({ started: 1 });
    expect(executions.has(`${task.id}-1`)).toBe(true);
  });

  it('comes to the others when more tasks than a batch cannot be repaired, and leaves those for later', async () => {
    for (let broken = 0; broken < 30; broken += 1) {
      await settleAsFailed((await placeTestOrder(tables, { outboxName: `${broken}` })).id);
    }
    const task = await placeTestOrder(tables, { now: new Date('2026-03-02T10:00:01.000Z') });
    const away = { ...media, putObject: () => Promise.reject(new Error('S3 is away')) };
    clock.advance(120);

    expect(await sweep({ ...context, media: away })).toMatchObject({ started: 1, failed: 30 });
    expect(await sweep({ ...context, media: away })).toMatchObject({ failed: 0 });
    expect(executions.has(`${task.id}-1`)).toBe(true);
  });

  it('starts the next run of a task that ended as unknown and whose job showed up, once', async () => {
    const task = await placeLateJob(tables);
    executions.set(`${task.id}-1`, 'SUCCEEDED');
    clock.advance(3600);

    await Promise.all([sweep(context), sweep(context)]);
    executions.set(`${task.id}-2`, 'SUCCEEDED');

    expect([...executions.keys()]).toEqual([`${task.id}-1`, `${task.id}-2`]);
    expect(await sweep(context)).toMatchObject({ restarted: 0, still_running: 0 });
    expect(await tables.tasks.getTask(task.id)).toMatchObject({ state: 'failed', run: 2 });
    clock.advance(300);
    expect(await sweep(context)).toMatchObject({ restarted: 1 });
  });

  it('starts the raised run of a late job after a sweeper died between raising and starting it', async () => {
    const task = await placeLateJob(tables);
    executions.set(`${task.id}-1`, 'SUCCEEDED');
    await tables.tasks.amendTerminal(task.id, { set: { run: 2 } });
    clock.advance(3600);

    expect(await sweep(context)).toMatchObject({ started: 1 });
    expect([...executions.keys()]).toEqual([`${task.id}-1`, `${task.id}-2`]);
  });

  it('does what takes no execution first, and then has the late job looked into', async () => {
    const task = await placeLateJob(tables, { outboxName: 'sea' });
    executions.set(`${task.id}-1`, 'SUCCEEDED');
    clock.advance(3600);

    expect(await sweep(context)).toMatchObject({ restarted: 1, followed_up: 0 });

    expect(await media.headObject('outbox/acme/sea.error.json')).toBeDefined();
    expect(await tables.tasks.getTask(task.id)).toMatchObject({ followUps: ['evidence'] });
  });

  it('starts nothing for a late job that was dealt with since its row was read, and leaves nothing due', async () => {
    const task = await placeLateJob(tables);
    executions.set(`${task.id}-1`, 'SUCCEEDED');
    clock.advance(3600);
    const getTask = async (id: string) => {
      const before = await tables.tasks.getTask(id);
      await tables.tasks.amendTerminal(id, { set: { followUps: [] }, remove: ['nextDueAt'] });
      return before;
    };

    await sweep({ ...context, tasks: { ...tables.tasks, getTask } });

    expect([...executions.keys()]).toEqual([`${task.id}-1`]);
    expect(await tables.tasks.getTask(task.id)).not.toHaveProperty('nextDueAt');
  });

  it('changes no money', async () => {
    await placeTestOrder(tables);
    clock.advance(61);

    await sweep(context);

    expect(await readMonth(tables, 'acme')).toEqual({ committedMicroUsd: 200_000, spentMicroUsd: 0 });
  });
});

describe('a sweep that dies', () => {
  /** Each has two writes: the execution or the run, the execution or the queue, and when it is due next. */
  const overdue = {
    async 'was never started'() {
      const { id } = await placeTestOrder(tables);
      return { id, runs: 1 };
    },
    async 'has a dead execution'() {
      const { id } = await placeTestOrder(tables);
      executions.set(`${id}-1`, 'FAILED');
      return { id, runs: 2 };
    },
    async 'has a late job'() {
      const { id } = await placeLateJob(tables);
      executions.set(`${id}-1`, 'SUCCEEDED');
      return { id, runs: 2 };
    },
    async 'sleeps without a row in its queue'() {
      const task = await placeTestOrder(tables);
      await tables.tasks.amend(task.id, { set: { queuedAt: task.createdAt } });
      executions.set(`${task.id}-1`, 'RUNNING');
      return { id: task.id, runs: 1 };
    },
  };
  const deaths = Object.entries(overdue).flatMap(([what, place]) =>
    everyDeath(2).map((death) => ({ what, place, death, ...death })),
  );

  it.each(deaths)(
    'leaves a task that $what to the next when it dies $when write $write',
    async ({ place, death }) => {
      const { id, runs } = await place();
      clock.advance(3600);

      expect(await untilKilled(sweep(mortal(context, death)))).toBe('killed');
      clock.advance(300);
      await sweep(context);

      expect([...executions.keys()]).toEqual(
        Array.from({ length: runs }, (_, index) => `${id}-${index + 1}`),
      );
      const { run, queuedAt, wake } = (await tables.tasks.getTask(id)) ?? {};
      expect([run, queuedAt === undefined || wake !== undefined]).toEqual([runs, true]);
      expect(await tables.tasks.listDueTaskIds(clock.now(), 9)).toEqual([]);
    },
  );
});

describe('repairAfter', () => {
  it('restarts at once an execution that failed for the first time', async () => {
    const task = await placeTestOrder(tables);
    executions.set(`${task.id}-1`, 'FAILED');

    expect(await repairAfter({ taskId: task.id, run: 1 }, context)).toBe('restarted');
  });

  it('leaves an execution that keeps failing to the schedule', async () => {
    const task = await placeTestOrder(tables);
    await tables.tasks.amend(task.id, { set: { run: 3 } });
    executions.set(`${task.id}-3`, 'FAILED');

    expect(await repairAfter({ taskId: task.id, run: 3 }, context)).toBe('nothing');
    clock.advance(299);
    expect(await sweep(context)).toMatchObject({ restarted: 0 });
    clock.advance(2);
    expect(await sweep(context)).toMatchObject({ restarted: 1 });
  });
});

async function settleAsFailed(taskId: string): Promise<void> {
  const failure = { code: 'content_rejected', message: 'Refused', charged: 'no' };
  await tables.tasks.transition(taskId, {
    from: ['accepted'],
    to: 'failed',
    set: { failure, followUps: ['outbox'], chargeMicroUsd: 0 },
  });
}
