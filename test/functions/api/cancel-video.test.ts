import { describe, expect, it, onTestFinished } from 'vitest';
import { checkJob } from '../../../functions/steps/check-job/check-job.ts';
import { submitToProvider } from '../../../functions/steps/submit-to-provider/submit-to-provider.ts';
import type { Task } from '../../../shared/domain/task.ts';
import { settleTask } from '../../../shared/ledger/settle.ts';
import { requireTask, type TaskStore } from '../../../shared/storage/task-store.ts';
import { cancelTask, requestCancel } from '../../support/cancel.ts';
import { type OrderOverrides, placeTestOrder, readMonth } from '../../support/orders.ts';
import { aCloudswayJob, aPiapiTask, type Steps, startSteps } from '../../support/steps.ts';

const nothingSpent = { committedMicroUsd: 0, spentMicroUsd: 0 };
const held = { committedMicroUsd: 200_000, spentMicroUsd: 0 };
const atCloudsway: OrderOverrides = {
  offer: { provider: 'cloudsway', nativeModel: 'MaaS_HL_Video_t2v', hasCallback: false },
};
const refused = {
  failure: { code: 'provider_balance', message: 'No', charged: 'no' },
  outcome: 'refused',
} as const;
const canceled = {
  status: 'failed',
  error: { code: 'canceled' },
  gateway: {
    state: 'canceled',
    cancel_requested: true,
    cost: { charged: '0.00', hold: 'released' },
    failure: { code: 'canceled', retryable: false, charged: 'no' },
  },
};
const neverPause = () => Promise.reject(new Error('The answer waited'));

async function start(): Promise<Steps> {
  const steps = await startSteps();
  onTestFinished(() => steps.close());
  return steps;
}

const read = ({ tasks }: Steps, { id }: Task) => requireTask(id, tasks);
const submit = (steps: Steps, { id }: Task) => submitToProvider({ taskId: id, run: 1 }, steps.submitContext);
const check = (steps: Steps, { id }: Task) => checkJob({ taskId: id, run: 1 }, steps.context);

/** A task whose job its provider accepted. */
async function placeJob(steps: Steps, overrides: OrderOverrides = {}): Promise<Task> {
  const task = await placeTestOrder(steps, overrides);
  steps.upstream.reply(overrides === atCloudsway ? aCloudswayJob() : aPiapiTask());
  await submit(steps, task);
  return task;
}

describe('POST /v1/videos/{id}/cancel of what nobody is paid for', () => {
  it('ends an order that was not sent, gives its hold back and sends nothing', async () => {
    const steps = await start();
    const task = await placeTestOrder(steps);

    const { status, body } = await cancelTask(steps, task, { pause: neverPause });

    expect([status, body]).toMatchObject([200, canceled]);
    expect(await readMonth(steps, 'acme')).toEqual(nothingSpent);
    expect(await submit(steps, task)).toEqual({ decision: 'settle' });
    expect(steps.upstream.requests).toEqual([]);
  });

  it('ends an order that its provider turned down before another one was asked', async () => {
    const steps = await start();
    const task = await placeTestOrder(steps);
    steps.upstream.reply({ status: 402, body: { code: 402, message: 'insufficient credit' } });
    expect(await submit(steps, task)).toEqual({ decision: 'submit' });

    const { body } = await cancelTask(steps, task, { pause: neverPause });

    expect(body).toMatchObject({
      ...canceled,
      gateway: { attempts: [{ error: { code: 'provider_balance' } }] },
    });
    expect(await submit(steps, task)).toMatchObject({ decision: 'settle' });
    expect(steps.upstream.requests).toHaveLength(1);
  });

  it('wakes the execution that sleeps on it, and leaves the rest of the end to it', async () => {
    const steps = await start();
    const task = await placeTestOrder(steps);
    await steps.tasks.amend(task.id, {
      set: { queuedAt: task.createdAt, taskToken: 'token-of-the-sleeper' },
    });

    await cancelTask(steps, task);

    expect(steps.released).toEqual(['token-of-the-sleeper']);
    expect(await read(steps, task)).toMatchObject({ state: 'canceled', followUps: ['lease'] });
  });

  it('lets an execution that was about to wait for a place go on to its end', async () => {
    const steps = await start();
    const task = await placeTestOrder(steps);
    await steps.tasks.amend(task.id, { set: { queuedAt: task.createdAt } });

    await cancelTask(steps, task);

    // As AwaitPlace does; whoever is refused there goes to the submit step.
    const sleep = steps.tasks.amendTerminal(
      task.id,
      { set: { taskToken: 'token-of-the-sleeper' } },
      { text: 'attribute_exists({pk}) AND attribute_not_exists({wake})' },
    );
    expect(await sleep).toBe('stale');
    expect(await submit(steps, task)).toEqual({ decision: 'settle' });
  });

  it('answers the same again for one that is canceled', async () => {
    const steps = await start();
    const task = await placeTestOrder(steps);
    const first = await cancelTask(steps, task);
    steps.clock.advance(60);

    expect(await cancelTask(steps, task)).toEqual(first);
    expect(await readMonth(steps, 'acme')).toEqual(nothingSpent);
  });

  it('answers by the row when the workflow ends the task a moment before', async () => {
    const steps = await start();
    const task = await placeTestOrder(steps);
    const amend: TaskStore['amend'] = async (id, changes, guard) => {
      // The woken execution is faster by one write.
      if (changes.set?.['failure'] !== undefined)
        expect(await submit(steps, task)).toEqual({ decision: 'settle' });
      return steps.tasks.amend(id, changes, guard);
    };
    const context = { ...steps.submitContext, tasks: { ...steps.tasks, amend } };

    expect(await cancelTask(steps, task, { context })).toMatchObject({ status: 200, body: canceled });
    expect(await readMonth(steps, 'acme')).toEqual(nothingSpent);
  });
});

describe('POST /v1/videos/{id}/cancel of what a provider may have', () => {
  it('answers at once that the job runs out where its provider cancels nothing', async () => {
    const steps = await start();
    const task = await placeJob(steps, atCloudsway);

    const { status, body, headers } = await cancelTask(steps, task, { pause: neverPause });

    expect(status).toBe(200);
    expect(body).toMatchObject({
      status: 'in_progress',
      gateway: { cancel_requested: true, cost: { charged: null, hold: 'held' } },
    });
    expect(headers).toHaveProperty('openai-poll-after-ms');
    expect(await readMonth(steps, 'acme')).toEqual(held);
  });

  it('answers as soon as the provider has canceled and the hold is given back', async () => {
    const steps = await start();
    const task = await placeJob(steps);
    const hasFailed = aPiapiTask({ status: 'failed', error: { code: 10000, raw_message: 'canceled' } });
    steps.upstream.reply(aPiapiTask(), { body: { code: 200, message: 'task job-1 canceled' } }, hasFailed);
    let seconds = 0;
    const pause = async () => {
      seconds += 1;
      if (seconds === 2) expect(await check(steps, task)).toEqual({ decision: 'settle' });
      if (seconds === 4) await settleTask(await read(steps, task), steps.clock.now(), steps.ledger);
    };

    expect(await cancelTask(steps, task, { pause })).toMatchObject({ status: 200, body: canceled });
    expect(seconds).toBe(4);
    expect(await readMonth(steps, 'acme')).toEqual(nothingSpent);
  });

  it('answers as soon as the provider has refused to cancel', async () => {
    const steps = await start();
    const task = await placeJob(steps);
    steps.upstream.reply(aPiapiTask(), { status: 400, body: { code: 400, message: 'processing' } });
    const pause = async () => void (await check(steps, task));

    const { body } = await cancelTask(steps, task, { pause });

    expect(body).toMatchObject({ status: 'in_progress', gateway: { cancel_requested: true } });
    expect(steps.upstream.requests.map(({ method }) => method)).toEqual(['POST', 'GET', 'DELETE']);
  });

  it('goes on waiting while a look is to confirm that the provider canceled', async () => {
    const steps = await start();
    const task = await placeJob(steps);
    const hasFailed = aPiapiTask({ status: 'failed', error: { code: 10000, raw_message: 'canceled' } });
    const says = { body: { code: 200, message: 'task job-1 canceled' } };
    steps.upstream.reply(aPiapiTask(), says, { status: 500 }, hasFailed);
    let seconds = 0;
    const pause = async () => {
      seconds += 1;
      if (seconds < 3) await check(steps, task);
      if (seconds === 3) await settleTask(await read(steps, task), steps.clock.now(), steps.ledger);
    };

    expect(await cancelTask(steps, task, { pause })).toMatchObject({ status: 200, body: canceled });
  });

  it('waits ten seconds at most for a provider that may cancel', async () => {
    const steps = await start();
    const task = await placeJob(steps);
    const before = steps.clock.now().getTime();

    expect(await cancelTask(steps, task)).toMatchObject({ body: { status: 'in_progress' } });
    expect(steps.clock.now().getTime() - before).toBe(10_000);
  });

  it('does not wait for an order of which nobody knows whether it arrived: there is no job to name', async () => {
    const steps = await start();
    const task = await placeTestOrder(steps);
    steps.upstream.reply('reset');
    await submit(steps, task);

    const { body } = await cancelTask(steps, task, { pause: neverPause });

    expect(body).toMatchObject({ gateway: { cancel_requested: true, cost: { hold: 'held' } } });
  });

  it('keeps the moment of the first request, and rings no more once a look has taken it up', async () => {
    const steps = await start();
    const task = await placeJob(steps, atCloudsway);
    await cancelTask(steps, task);
    const first = await read(steps, task);
    steps.clock.advance(1);
    await cancelTask(steps, task);
    const second = await read(steps, task);
    await steps.tasks.takeWake(task.id);
    await cancelTask(steps, task);
    const third = await read(steps, task);

    expect(new Set([first, second, third].map(({ cancelRequestedAt }) => cancelRequestedAt)).size).toBe(1);
    expect([first.wake === undefined, second.wake === first.wake, third.wake]).toEqual([
      false,
      false,
      undefined,
    ]);
  });

  it('waits for the end of a request that is on its way', async () => {
    const steps = await start();
    const task = await placeTestOrder(steps);
    const attempt = { number: 1, provider: 'piapi', nativeModel: 't2v-01', priceMicroUsd: 200_000 };
    const claim = { ...attempt, claimedAt: task.createdAt, claimId: 'claim-1' };
    await steps.tasks.transition(task.id, {
      from: ['accepted'],
      to: 'submitting',
      set: { attempts: [claim] },
    });
    const pause = async () => {
      await steps.tasks.amend(task.id, { set: { attempts: [{ ...claim, ...refused }] } });
      expect(await submit(steps, task)).toEqual({ decision: 'settle' });
      await settleTask(await read(steps, task), steps.clock.now(), steps.ledger);
    };

    expect(await cancelTask(steps, task, { pause })).toMatchObject({ body: canceled });
    expect(await readMonth(steps, 'acme')).toEqual(nothingSpent);
  });
});

describe('POST /v1/videos/{id}/cancel of what is over', () => {
  it('is refused for a completed video, and says what became of its money', async () => {
    const steps = await start();
    const task = await placeTestOrder(steps);
    const set = { result: { key: 'videos/1.mp4', bytes: 8, sha256: 'f'.repeat(64) } };
    await steps.tasks.transition(task.id, { from: ['accepted'], to: 'archiving', set });
    await settleTask(await read(steps, task), steps.clock.now(), steps.ledger);

    await expect(cancelTask(steps, task)).rejects.toMatchObject({
      code: 'video_ended',
      message: expect.stringMatching(/is completed and .* 0\.20 USD is captured, and nothing was changed/),
    });
    expect((await read(steps, task)).cancelRequestedAt).toBeUndefined();
  });

  it('is refused for a failed one, and says how it failed', async () => {
    const steps = await start();
    const task = await placeTestOrder(steps);
    await steps.tasks.amend(task.id, { set: { failure: refused.failure } });
    await settleTask(await read(steps, task), steps.clock.now(), steps.ledger);

    await expect(cancelTask(steps, task)).rejects.toMatchObject({
      code: 'video_ended',
      message: expect.stringMatching(/is failed \(provider_balance\) .* is released/),
    });
  });

  it('is refused when the task ends while the request is written down', async () => {
    const steps = await start();
    const task = await placeTestOrder(steps);
    const amend: TaskStore['amend'] = async (...change) => {
      await steps.tasks.transition(task.id, { from: ['accepted'], to: 'completed' });
      return steps.tasks.amend(...change);
    };
    const context = { ...steps.submitContext, tasks: { ...steps.tasks, amend } };

    await expect(cancelTask(steps, task, { context })).rejects.toMatchObject({ code: 'video_ended' });
  });

  it("does not find another account's video", async () => {
    const steps = await start();
    const task = await placeTestOrder(steps);

    await expect(cancelTask(steps, task, { account: 'rival' })).rejects.toMatchObject({ code: 'not_found' });
    expect((await read(steps, task)).cancelRequestedAt).toBeUndefined();
  });

  it('is refused for a task that completed after its cancel was asked for', async () => {
    const steps = await start();
    const task = await placeTestOrder(steps);
    await requestCancel(steps, task);
    await steps.tasks.transition(task.id, { from: ['accepted'], to: 'completed' });

    await expect(cancelTask(steps, task)).rejects.toMatchObject({ code: 'video_ended' });
  });
});
