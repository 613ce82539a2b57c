import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkJob } from '../../../functions/steps/check-job/check-job.ts';
import { submitToProvider } from '../../../functions/steps/submit-to-provider/submit-to-provider.ts';
import type { Task } from '../../../shared/domain/task.ts';
import { loadProviders } from '../../../shared/providers/registry.ts';
import { withRecentStandings } from '../../../shared/storage/recent-standings.ts';
import type { TaskStore } from '../../../shared/storage/task-store.ts';
import { type OrderOverrides, placeTestOrder } from '../../support/orders.ts';
import type { Reply } from '../../support/scripted-upstream.ts';
import { aFinishedPiapiTask, aPiapiTask, type Steps, startSteps } from '../../support/steps.ts';

let steps: Steps;
beforeEach(async () => {
  steps = await startSteps();
});
afterEach(() => steps.close());

const check = (task: Task) => checkJob({ taskId: task.id, run: 1 }, steps.context);
const read = (task: Task) => steps.tasks.getTask(task.id);
const minutes = (count: number) => count * 60;

async function submitted(reply: Reply = aPiapiTask(), overrides: OrderOverrides = {}): Promise<Task> {
  const task = await placeTestOrder(steps, overrides);
  steps.upstream.reply(reply);
  await submitToProvider({ taskId: task.id, run: 1 }, steps.submitContext);
  return task;
}

describe('checkJob', () => {
  it('goes on waiting while the job runs, and counts the look', async () => {
    const task = await submitted();
    steps.clock.advance(270);
    steps.upstream.reply(aPiapiTask({ status: 'processing' }));

    expect(await check(task)).toMatchObject({ decision: 'await' });
    expect(await read(task)).toMatchObject({ state: 'processing', looks: 1 });
  });

  it('archives a finished job and keeps what the provider says it cost', async () => {
    const task = await submitted();
    steps.upstream.reply(aFinishedPiapiTask());

    expect(await check(task)).toEqual({ decision: 'archive' });
    expect(await read(task)).toMatchObject({
      state: 'archiving',
      outputUrl: 'https://cdn.example.com/v.mp4',
      attempts: [{ reportedCostMicroUsd: 200_000 }],
    });
  });

  it('settles a failed job with the reason of the provider', async () => {
    const task = await submitted();
    steps.upstream.reply(
      aPiapiTask({
        status: 'failed',
        error: { code: 10000, raw_message: 'no face detected', message: 'task failed' },
      }),
    );

    expect(await check(task)).toEqual({ decision: 'settle' });
    expect((await read(task))?.failure).toMatchObject({
      code: 'face_not_found',
      charged: 'no',
      providerCode: '10000',
    });
  });

  it.each([
    ['a 504', { status: 504, body: 'gateway time-out' }],
    ['a 500', { status: 500 }],
    ['a 404', { status: 404, body: { code: 404, message: 'task not found' } }],
    ['HTML with status 200', { status: 200, body: '<html>' }],
    ['a broken connection', 'reset' as const],
  ])('does not take %s for the end of the job', async (_, reply) => {
    const task = await submitted();
    steps.upstream.reply(reply);

    expect(await check(task)).toMatchObject({ decision: 'await' });
    expect((await read(task))?.failure).toBeUndefined();
  });

  it('looks again in 5 s, without counting, when somebody rang too early', async () => {
    const task = await submitted();
    await steps.tasks.amend(task.id, { set: { wake: steps.clock.now().toISOString(), taskToken: 'token' } });
    steps.upstream.reply(aPiapiTask({ status: 'processing' }));

    expect(await check(task)).toEqual({ decision: 'await', nextLookSeconds: 5 });

    const after = await read(task);
    expect(after?.looks).toBe(0);
    expect(after?.wake).toBeUndefined();
    expect(after?.taskToken).toBeUndefined();
  });

  it('gives a job up after the deadline and one last look', async () => {
    const task = await submitted();
    steps.clock.advance(minutes(20));
    steps.upstream.reply(aPiapiTask({ status: 'processing' }));

    expect(await check(task)).toEqual({ decision: 'settle' });
    expect((await read(task))?.failure).toMatchObject({ code: 'deadline_exceeded', charged: 'unknown' });
  });

  it('repeats a last look that could not be read for an hour', async () => {
    const task = await submitted();
    steps.clock.advance(minutes(79));
    steps.upstream.reply({ status: 504 }, { status: 504 });

    expect(await check(task)).toEqual({ decision: 'await', nextLookSeconds: 120 });
    steps.clock.advance(minutes(2));
    expect(await check(task)).toEqual({ decision: 'settle' });
  });

  it('asks again after a success without a video, and captures when there is none for an hour after the deadline', async () => {
    const task = await submitted();
    const empty = aPiapiTask({ status: 'completed', output: { video_url: '' } });
    steps.upstream.reply(empty, empty);

    steps.clock.advance(minutes(20));
    expect(await check(task)).toMatchObject({ decision: 'await' });
    steps.clock.advance(minutes(60));
    expect(await check(task)).toEqual({ decision: 'settle' });
    expect((await read(task))?.failure).toMatchObject({ code: 'bad_upstream_result', charged: 'yes' });
  });

  it('keeps waiting at a status word that nobody documented', async () => {
    const task = await submitted();
    steps.upstream.reply(aPiapiTask({ status: 'Rendering' }));

    expect(await check(task)).toMatchObject({ decision: 'await' });
  });

  it('has a video copied again while its archive fails, and gives it up, captured, after six hours', async () => {
    const task = await submitted();
    steps.upstream.reply(aFinishedPiapiTask());
    await check(task);

    steps.clock.advance(minutes(360));
    expect(await check(task)).toEqual({ decision: 'archive' });
    steps.clock.advance(minutes(1));
    expect(await check(task)).toEqual({ decision: 'settle' });
    expect((await read(task))?.failure).toMatchObject({ code: 'archive_failed', charged: 'yes' });
  });

  it('waits while the worker of a claim may live, then takes the attempt for unknown', async () => {
    const task = await placeTestOrder(steps);
    const attempt = {
      number: 1,
      provider: 'piapi',
      nativeModel: 't2v-01',
      priceMicroUsd: 200_000,
      claimedAt: steps.clock.now().toISOString(),
      claimId: 'claim-1',
    };
    await steps.tasks.transition(task.id, {
      from: ['accepted'],
      to: 'submitting',
      set: { attempts: [attempt] },
    });
    steps.clock.advance(89);

    expect(await check(task)).toEqual({ decision: 'await', nextLookSeconds: 30 });
    steps.clock.advance(1);
    await check(task);
    expect(await read(task)).toMatchObject({
      state: 'processing',
      looks: 0,
      attempts: [{ outcome: 'unknown' }],
    });
  });

  it('gives up an order that could not be sent for a day', async () => {
    const task = await placeTestOrder(steps);
    steps.clock.advance(24 * 3600 + 1);

    expect(await check(task)).toEqual({ decision: 'settle' });
    expect((await read(task))?.failure).toMatchObject({ code: 'deadline_exceeded', charged: 'no' });
  });

  it('looks once more when somebody rings during the last look', async () => {
    const task = await submitted();
    steps.clock.advance(minutes(20));
    steps.upstream.reply(aPiapiTask({ status: 'processing' }));
    const tasks: TaskStore = {
      ...steps.tasks,
      async amend(...change) {
        await steps.tasks.amend(task.id, { set: { wake: steps.clock.now().toISOString() } });
        return steps.tasks.amend(...change);
      },
    };

    expect(await checkJob({ taskId: task.id, run: 1 }, { ...steps.context, tasks })).toMatchObject({
      decision: 'await',
    });
    expect((await read(task))?.failure).toBeUndefined();
  });

  it('forgets the looks that it took before anything was sent', async () => {
    const task = await placeTestOrder(steps);
    await check(task);
    await check(task);
    steps.upstream.reply(aPiapiTask());

    const decision = await submitToProvider({ taskId: task.id, run: 1 }, steps.submitContext);

    expect(decision).toEqual({ decision: 'await', nextLookSeconds: 270 });
  });

  it('does not fail a task that a faster look found to be done', async () => {
    const task = await submitted();
    steps.clock.advance(minutes(20));
    steps.upstream.reply(aPiapiTask({ status: 'processing' }));
    const slowTasks: TaskStore = {
      ...steps.tasks,
      async amend(...change) {
        await steps.tasks.transition(task.id, {
          from: ['processing'],
          to: 'archiving',
          set: { outputUrl: 'https://cdn' },
        });
        return steps.tasks.amend(...change);
      },
    };

    const decision = await checkJob({ taskId: task.id, run: 1 }, { ...steps.context, tasks: slowTasks });

    expect(decision).toEqual({ decision: 'archive' });
    expect((await read(task))?.failure).toBeUndefined();
  });

  it('sends a task back to be submitted when nothing was claimed', async () => {
    const task = await placeTestOrder(steps);

    expect(await check(task)).toEqual({ decision: 'submit' });
  });

  it('does nothing to a task that was decided already', async () => {
    const task = await submitted({ status: 400, body: { code: 400, message: 'sensitive content' } });

    expect(await check(task)).toEqual({ decision: 'settle' });
    expect(steps.upstream.requests).toHaveLength(1);
  });
});

describe('checkJob of an attempt of which nobody knows whether it arrived', () => {
  const hint = (task: Task, jobId: string) =>
    steps.tasks.amend(task.id, { set: { 'attempts[0].hintedJobId': jobId } });

  it('adopts the job that a callback named, once the provider confirms it', async () => {
    const task = await submitted('reset');
    await hint(task, 'job-7');
    steps.upstream.reply(aFinishedPiapiTask());

    expect(await check(task)).toEqual({ decision: 'archive' });
    expect((await read(task))?.attempts).toMatchObject([{ outcome: 'accepted', jobId: 'job-7' }]);
  });

  it('does not adopt a job that the provider does not confirm', async () => {
    const task = await submitted('reset');
    await hint(task, 'job-7');
    steps.upstream.reply({ status: 404 });

    expect(await check(task)).toMatchObject({ decision: 'await' });
    expect((await read(task))?.attempts).toMatchObject([{ outcome: 'unknown' }]);
  });

  it('does not adopt a job that another task owns', async () => {
    await submitted(aPiapiTask({ task_id: 'job-7' }));
    const task = await submitted('reset');
    await hint(task, 'job-7');
    steps.upstream.reply(aFinishedPiapiTask());

    expect(await check(task)).toMatchObject({ decision: 'await' });
    expect((await read(task))?.attempts).toMatchObject([{ outcome: 'unknown' }]);
  });

  it('waits for the callback until the deadline, then ends as submit_unknown', async () => {
    const task = await submitted('reset');

    expect(await check(task)).toMatchObject({ decision: 'await' });
    steps.clock.advance(minutes(20));
    expect(await check(task)).toEqual({ decision: 'settle' });
    expect((await read(task))?.failure).toMatchObject({ code: 'submit_unknown', charged: 'unknown' });
  });

  it('waits longer when the provider cannot say whether there is such a job', async () => {
    const task = await submitted('reset');
    await hint(task, 'job-7');
    steps.clock.advance(minutes(20));
    steps.upstream.reply({ status: 503 }, aFinishedPiapiTask());

    expect(await check(task)).toMatchObject({ decision: 'await' });
    steps.clock.advance(minutes(2));
    expect(await check(task)).toEqual({ decision: 'archive' });
  });

  it('is unknown in the end also when the job that was named at a dead claim cannot be confirmed', async () => {
    const task = await placeTestOrder(steps);
    const attempt = {
      number: 1,
      provider: 'piapi',
      nativeModel: 't2v-01',
      priceMicroUsd: 200_000,
      claimedAt: steps.clock.now().toISOString(),
      claimId: 'claim-1',
      callbackSecretHash: 'hash',
      hintedJobId: 'job-7',
    };
    await steps.tasks.transition(task.id, {
      from: ['accepted'],
      to: 'submitting',
      set: { attempts: [attempt] },
    });
    steps.upstream.reply({ status: 404 }, { status: 404 });

    expect(await check(task)).toEqual({ decision: 'await', nextLookSeconds: 30 });
    steps.clock.advance(90);
    await check(task);
    expect((await read(task))?.attempts).toMatchObject([{ outcome: 'unknown' }]);
  });

  it('waits ten typical durations at most, where those are short', async () => {
    const quick = { PIAPI_BASE_URL: steps.upstream.url, PIAPI_TYPICAL_SECONDS: '6' };
    const context = { ...steps.submitContext, providers: loadProviders(quick, []) };
    const task = await placeTestOrder(steps);
    steps.upstream.reply('reset');
    await submitToProvider({ taskId: task.id, run: 1 }, context);
    steps.clock.advance(59);

    expect(await checkJob({ taskId: task.id, run: 1 }, context)).toMatchObject({ decision: 'await' });
    steps.clock.advance(1);
    expect(await checkJob({ taskId: task.id, run: 1 }, context)).toEqual({ decision: 'settle' });
  });

  it('ends at once as submit_unknown where no callback can come', async () => {
    const offer = { provider: 'cloudsway', nativeModel: 'MaaS_HL_Video_t2v', hasCallback: false };
    const task = await submitted('reset', { offer });

    expect(await check(task)).toEqual({ decision: 'settle' });
    expect((await read(task))?.failure).toMatchObject({ code: 'submit_unknown' });
    expect(steps.upstream.requests).toHaveLength(1);
  });
});

describe('the duration of a job', () => {
  const learned = async () => (await steps.context.standings.get('piapi')).times.get('t2v-01 t2v');

  it('is learned from each of those that end at the same moment, also by a function that is warm', async () => {
    const standings = withRecentStandings(steps.context.standings, steps.clock);
    const tasks = [await submitted(), await submitted(aPiapiTask({ task_id: 'job-2' }))];
    steps.clock.advance(200);
    for (const task of tasks) {
      await steps.tasks.amend(task.id, { set: { wake: 'now' } });
      steps.upstream.reply(aFinishedPiapiTask());
      await checkJob({ taskId: task.id, run: 1 }, { ...steps.context, standings });
    }

    expect(await learned()).toMatchObject({ priorSeconds: 180, count: 2 });
    expect((await learned())?.meanLog).toBeGreaterThan(Math.log(180));
  });

  it('is not learned from one that goes on, nor a second time from one that is being archived', async () => {
    const task = await submitted();
    steps.upstream.reply(aPiapiTask({ status: 'processing' }), aFinishedPiapiTask());

    await check(task);
    expect(await learned()).toBeUndefined();
    await check(task);
    await check(task);
    expect(await learned()).toMatchObject({ count: 1 });
  });

  it('is not learned from one that failed, which says nothing of how long a video takes', async () => {
    const task = await submitted();
    steps.upstream.reply(aPiapiTask({ status: 'failed' }));

    await check(task);
    expect(await learned()).toBeUndefined();
  });
});
