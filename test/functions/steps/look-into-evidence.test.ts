import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkJob } from '../../../functions/steps/check-job/check-job.ts';
import { submitToProvider } from '../../../functions/steps/submit-to-provider/submit-to-provider.ts';
import { secondsAfter } from '../../../shared/clock.ts';
import type { Task } from '../../../shared/domain/task.ts';
import { toVideoObject } from '../../../shared/ordering/video-object.ts';
import { requireTask, type TaskStore } from '../../../shared/storage/task-store.ts';
import { placeLateJob } from '../../support/late-job.ts';
import { everyDeath, mortal, untilKilled } from '../../support/mortal.ts';
import { anOrder, placeTestOrder, readMonth } from '../../support/orders.ts';
import { aFinishedPiapiTask, aPiapiTask, type Steps, startSteps } from '../../support/steps.ts';

let steps: Steps;
beforeEach(async () => {
  steps = await startSteps();
  // When the callback comes that names the job.
  steps.clock.advance(minutes(60));
});
afterEach(() => steps.close());

const minutes = (count: number) => count * 60;
const now = () => steps.clock.now().toISOString();
const read = ({ id }: Task) => requireTask(id, steps.tasks);
const check = ({ id }: Task, context = steps.context) => checkJob({ taskId: id, run: 2 }, context);
const running = aPiapiTask({ status: 'processing' });
const withoutUrl = aPiapiTask({ status: 'completed', output: { video_url: '' } });
const failed = aPiapiTask({
  status: 'failed',
  error: { code: 10000, raw_message: 'no face detected', message: 'task failed' },
});

/** Whose job was confirmed just now. */
const placeFound = () => placeLateJob(steps, { row: { 'attempts[0].jobId': 'job-7' } });
const found = async (): Promise<Task> => {
  const task = await placeFound();
  await steps.tasks.takeWake(task.id);
  return task;
};

/** All that its customer sees of it. */
async function show(task: Task) {
  const context = { publicUrl: 'https://conch.test', now: steps.clock.now() };
  return toVideoObject({ task: await read(task), request: anOrder().request }, context);
}

describe('a late job that is sought', () => {
  it('is judged by the first look, whatever rang before its task ended', async () => {
    const row = { cancelRequestedAt: now(), wake: now(), 'attempts[0].jobId': 'job-7' };
    const task = await placeLateJob(steps, { row });
    steps.upstream.reply(failed);

    expect(await check(task)).toEqual({ decision: 'done' });
    expect(await read(task)).toMatchObject({ followUps: [], evidence: { verdict: 'failed' } });
    expect((await read(task)).wake).toBeUndefined();
  });

  it('sends its next run to look at once, by the way that every run goes', async () => {
    const task = await placeLateJob(steps);

    const decision = await submitToProvider({ taskId: task.id, run: 2 }, steps.submitContext);

    // The sleep ends at once, because somebody rang.
    expect(decision).toMatchObject({ decision: 'await' });
    expect((await read(task)).wake).toBeDefined();
    expect(steps.upstream.requests).toEqual([]);
  });

  it('is attached once its provider confirms it, and is looked at again, with a deadline of its own', async () => {
    const task = await placeLateJob(steps);
    steps.clock.advance(30);
    steps.upstream.reply(running, running);

    expect(await check(task)).toEqual({ decision: 'await', nextLookSeconds: 5 });

    expect(await read(task)).toMatchObject({
      attempts: [{ jobId: 'job-7', outcome: 'unknown', failure: task.attempts[0]?.failure }],
      evidence: { since: now() },
      deadlineAt: secondsAfter(now(), minutes(20)),
    });
    steps.clock.advance(5);
    expect(await check(task)).toEqual({ decision: 'await', nextLookSeconds: 265 });
  });

  it('changes nothing that its customer sees but the name of the job, and no money', async () => {
    const task = await placeLateJob(steps);
    const { gateway, ...before } = await show(task);
    steps.upstream.reply(aFinishedPiapiTask());

    await check(task);
    await steps.tasks.amendTerminal(task.id, { set: { sleptAt: now(), sleepSeconds: 300 } });

    const attempts = gateway.attempts.map((attempt) => ({ ...attempt, job_id: 'job-7' }));
    expect(await show(task)).toEqual({ ...before, gateway: { ...gateway, attempts } });
    expect(await readMonth(steps, 'acme')).toEqual({ committedMicroUsd: 200_000, spentMicroUsd: 0 });
  });

  it('is archived at once when it is done, and what its provider says it cost is kept', async () => {
    const task = await placeLateJob(steps);
    steps.upstream.reply(aFinishedPiapiTask());

    expect(await check(task)).toEqual({ decision: 'archive' });

    expect(await read(task)).toMatchObject({
      state: 'failed',
      outputUrl: 'https://cdn.example.com/v.mp4',
      attempts: [{ jobId: 'job-7', reportedCostMicroUsd: 200_000 }],
    });
    expect((await steps.context.standings.get('piapi')).times.size).toBe(0);
  });

  it.each([
    ['does not know it', { status: 404 }],
    ['is down', { status: 503 }],
  ])('is given up 80 minutes after the callback when its provider %s', async (_, reply) => {
    const task = await placeLateJob(steps);
    steps.upstream.reply(reply, reply, reply);

    expect(await check(task)).toEqual({ decision: 'await', nextLookSeconds: 5 });
    steps.clock.advance(minutes(79));
    expect(await check(task)).toEqual({ decision: 'await', nextLookSeconds: 120 });
    steps.clock.advance(minutes(1));
    expect(await check(task)).toEqual({ decision: 'done' });

    const after = await read(task);
    expect(after).toMatchObject({ state: 'failed', followUps: [], evidence: { verdict: 'unconfirmed' } });
    expect(after.attempts[0]).not.toHaveProperty('jobId');
    expect(after).not.toHaveProperty('nextDueAt');
    expect(after).not.toHaveProperty('chargeMicroUsd');
  });

  it('is none of ours when another task owns it', async () => {
    const owner = await placeTestOrder(steps);
    await steps.tasks.claimJob('piapi', 'job-7', owner.id);
    const task = await placeLateJob(steps);
    steps.upstream.reply(aFinishedPiapiTask());

    expect(await check(task)).toEqual({ decision: 'done' });

    const after = await read(task);
    expect(after).toMatchObject({ followUps: [], evidence: { verdict: 'foreign' } });
    expect(after.attempts[0]).not.toHaveProperty('jobId');
    expect(after).not.toHaveProperty('outputUrl');
  });

  it('is looked for under the other name when a callback gives one during the last look', async () => {
    const task = await placeLateJob(steps);
    await steps.tasks.takeWake(task.id);
    steps.clock.advance(minutes(80));
    steps.upstream.reply({ status: 404 }, aFinishedPiapiTask());
    const slow: TaskStore = {
      ...steps.tasks,
      async amendTerminal(...change) {
        await steps.tasks.amendTerminal(task.id, { set: { 'attempts[0].hintedJobId': 'job-8' } });
        return steps.tasks.amendTerminal(...change);
      },
    };

    expect(await check(task, { ...steps.context, tasks: slow })).toMatchObject({ decision: 'await' });
    expect(await check(task)).toEqual({ decision: 'archive' });
    expect((await read(task)).attempts).toMatchObject([{ jobId: 'job-8' }]);
  });

  it('is attached and archived once when two runs look at the same time', async () => {
    const task = await placeLateJob(steps);
    steps.upstream.reply(
      aFinishedPiapiTask('https://cdn.example.com/1'),
      aFinishedPiapiTask('https://cdn.example.com/2'),
    );

    expect(await Promise.all([check(task), check(task)])).toEqual([
      { decision: 'archive' },
      { decision: 'archive' },
    ]);

    expect(await read(task)).toMatchObject({
      attempts: [{ jobId: 'job-7' }],
      deadlineAt: secondsAfter(now(), minutes(360)),
    });
  });

  /** The end of the sleep, whose job it is, that it is attached, and its video. */
  it.each(everyDeath(4))('goes on when its worker died $when write $write', async (death) => {
    const task = await placeLateJob(steps);
    steps.upstream.reply(aFinishedPiapiTask(), aFinishedPiapiTask());
    expect(await untilKilled(check(task, mortal(steps.context, death)))).toBe('killed');

    expect(await check(task)).toEqual({ decision: 'archive' });

    expect(await read(task)).toMatchObject({
      state: 'failed',
      attempts: [{ jobId: 'job-7' }],
      followUps: ['evidence'],
    });
  });
});

describe('a late job that was found', () => {
  it.each([
    ['runs on at its deadline', running, 20],
    ['never names a video until an hour after it', withoutUrl, 80],
    ['cannot be read until an hour after it', { status: 504 }, 80],
  ])('is given up when it %s', async (_, reply, deadlineMinutes) => {
    const task = await found();
    steps.upstream.reply(reply, reply);

    steps.clock.advance(minutes(deadlineMinutes) - 1);
    expect(await check(task)).toMatchObject({ decision: 'await' });
    steps.clock.advance(1);
    expect(await check(task)).toEqual({ decision: 'done' });

    expect(await read(task)).toMatchObject({ followUps: [], evidence: { verdict: 'without_video' } });
  });

  it('keeps why it failed, beside the failure of the task', async () => {
    const task = await found();
    steps.upstream.reply(failed);

    expect(await check(task)).toEqual({ decision: 'done' });

    expect(await read(task)).toMatchObject({
      failure: { code: 'submit_unknown', charged: 'unknown' },
      followUps: [],
      evidence: { verdict: 'failed', failure: { code: 'face_not_found', charged: 'no' } },
    });
  });

  it('is looked at once more when somebody rings during the last look', async () => {
    const task = await found();
    steps.clock.advance(minutes(20));
    steps.upstream.reply(running);
    const slow: TaskStore = {
      ...steps.tasks,
      async amendTerminal(...change) {
        await steps.tasks.amendTerminal(task.id, { set: { wake: now() } });
        return steps.tasks.amendTerminal(...change);
      },
    };

    expect(await check(task, { ...steps.context, tasks: slow })).toMatchObject({ decision: 'await' });
    expect((await read(task)).evidence).not.toHaveProperty('verdict');
  });

  it('leaves the other follow-ups of the task alone', async () => {
    const task = await placeLateJob(steps, {
      outboxName: 'sea',
      row: { 'attempts[0].jobId': 'job-7' },
    });
    steps.upstream.reply(failed);

    expect(await check(task)).toEqual({ decision: 'settle' });

    expect(await read(task)).toMatchObject({ followUps: ['outbox'], nextDueAt: expect.any(String) });
  });

  it('is given up when its video could not be copied for six hours, and counts as found when it comes again', async () => {
    const task = await found();
    steps.upstream.reply(aFinishedPiapiTask());
    expect(await check(task)).toEqual({ decision: 'archive' });

    steps.clock.advance(minutes(360) - 1);
    expect(await check(task)).toEqual({ decision: 'archive' });
    steps.clock.advance(1);
    expect(await check(task)).toEqual({ decision: 'done' });

    const after = await read(task);
    expect(after).toMatchObject({ evidence: { verdict: 'without_video' }, attempts: [{ jobId: 'job-7' }] });
    expect(after).not.toHaveProperty('outputUrl');
  });
});
