import { describe, expect, it, onTestFinished } from 'vitest';
import { checkJob } from '../../../functions/steps/check-job/check-job.ts';
import { settleTask } from '../../../functions/steps/settle-task/settle-task.ts';
import type { Task } from '../../../shared/domain/task.ts';
import { createMediaStore } from '../../../shared/storage/media-store.ts';
import { requireTask, type TaskStore } from '../../../shared/storage/task-store.ts';
import { cancelTask, requestCancel } from '../../support/cancel.ts';
import { startMediaBucket } from '../../support/media-bucket.ts';
import { everyDeath, mortal, untilKilled } from '../../support/mortal.ts';
import { placeTestOrder, readMonth } from '../../support/orders.ts';
import { aPiapiTask, type Steps, startSteps, submitUntilDecided } from '../../support/steps.ts';
import { webhookTools } from '../../support/webhooks.ts';

const nothingSpent = { committedMicroUsd: 0, spentMicroUsd: 0 };
const canceled = { failure: { code: 'canceled', charged: 'no' } };
const broke = { status: 402, body: { code: 402, message: 'insufficient credit' } };

async function start(variables: Record<string, string> = {}): Promise<Steps> {
  const steps = await startSteps(variables);
  onTestFinished(() => steps.close());
  return steps;
}

const read = ({ tasks }: Steps, { id }: Task) => requireTask(id, tasks);
const submit = (steps: Steps, task: Task, context = steps.submitContext) => submitUntilDecided(task, context);
const check = (steps: Steps, { id }: Task) => checkJob({ taskId: id, run: 1 }, steps.context);
const holders = async ({ standings }: Steps) => Object.keys((await standings.get('piapi')).standing.leases);
const waiting = async ({ queue }: Steps) => (await queue.listFirst('piapi', 9)).map(({ id }) => id);

async function settle(steps: Steps, { id }: Task): Promise<void> {
  const media = createMediaStore(await startMediaBucket());
  await settleTask({ taskId: id, run: 1 }, { ...steps.submitContext, media, webhooks: webhookTools(steps) });
}

/** The context of a step in whose middle the customer cancels: right before the write that `isMoment` knows. */
function canceledBefore(steps: Steps, task: Task, isMoment: (changes: object) => boolean) {
  const transition: TaskStore['transition'] = async (id, change) => {
    if (isMoment(change)) await requestCancel(steps, task);
    return steps.tasks.transition(id, change);
  };
  return { ...steps.submitContext, tasks: { ...steps.tasks, transition } };
}

describe('an order whose customer asked for its end before it was sent', () => {
  it('is sent by neither step', async () => {
    const steps = await start();
    const [one, other] = [await placeTestOrder(steps), await placeTestOrder(steps)];
    for (const task of [one, other]) await requestCancel(steps, task);

    expect(await submit(steps, one)).toEqual({ decision: 'settle' });
    expect(await check(steps, other)).toEqual({ decision: 'settle' });

    for (const task of [one, other]) expect(await read(steps, task)).toMatchObject(canceled);
    expect(steps.upstream.requests).toEqual([]);
  });

  it('is not moved to another provider after one turned it down', async () => {
    const steps = await start();
    const task = await placeTestOrder(steps);
    steps.upstream.reply(broke);
    const tasks: TaskStore = {
      ...steps.tasks,
      async amend(...change) {
        const written = await steps.tasks.amend(...change);
        await requestCancel(steps, task);
        return written;
      },
    };

    expect(await submit(steps, task, { ...steps.submitContext, tasks })).toEqual({ decision: 'settle' });

    expect(await read(steps, task)).toMatchObject({ ...canceled, provider: 'piapi' });
    expect(steps.upstream.requests).toHaveLength(1);
    await settle(steps, task);
    expect(await readMonth(steps, 'acme')).toEqual(nothingSpent);
  });

  it('is not moved when the request comes while the next offer is chosen', async () => {
    const steps = await start();
    const task = await placeTestOrder(steps);
    steps.upstream.reply(broke);
    const survey = { ...steps.standings };
    survey.list = async (...providers) => {
      await requestCancel(steps, task);
      return steps.standings.list(...providers);
    };
    const context = { ...steps.submitContext, standings: survey };

    expect(await submit(steps, task, context)).toEqual({ decision: 'settle' });

    expect(await read(steps, task)).toMatchObject({ ...canceled, provider: 'piapi', holdMicroUsd: 200_000 });
    expect(steps.upstream.requests).toHaveLength(1);
  });

  it('loses its claim when the request comes a moment before', async () => {
    const steps = await start();
    const task = await placeTestOrder(steps);
    const context = canceledBefore(steps, task, (change) => 'to' in change && change.to === 'submitting');

    expect(await submit(steps, task, context)).toEqual({ decision: 'settle' });

    expect(await read(steps, task)).toMatchObject({ ...canceled, attempts: [] });
    expect(steps.upstream.requests).toEqual([]);
  });

  it('gives back the place that it was granted, although its row does not know of it', async () => {
    const steps = await start({ PIAPI_LIMITS: '{"concurrent":1}' });
    const task = await placeTestOrder(steps);
    const context = canceledBefore(steps, task, (change) => 'to' in change && change.to === 'submitting');
    await submit(steps, task, context);
    expect(await holders(steps)).toEqual([task.id]);

    await settle(steps, task);

    expect(await holders(steps)).toEqual([]);
  });

  it('does not join the queue when the request comes before it waits', async () => {
    const steps = await start({ PIAPI_LIMITS: '{"concurrent":1}' });
    const request = { providers: ['piapi'] };
    const first = await placeTestOrder(steps, { request });
    steps.upstream.reply(aPiapiTask());
    await submit(steps, first);
    const task = await placeTestOrder(steps, { request });
    const context = canceledBefore(steps, task, (change) => 'to' in change && change.to === 'accepted');

    expect(await submit(steps, task, context)).toEqual({ decision: 'settle' });

    expect(await waiting(steps)).toEqual([]);
    expect(await read(steps, task)).toMatchObject(canceled);
  });
});

describe('an order that is canceled while it waits for a place', () => {
  it('leaves the queue, and the next one is served', async () => {
    const steps = await start({ PIAPI_LIMITS: '{"concurrent":1}' });
    const request = { providers: ['piapi'] };
    const orders: Task[] = [];
    for (let number = 0; number < 3; number += 1) {
      steps.clock.advance(1);
      orders.push(await placeTestOrder(steps, { request, now: steps.clock.now() }));
    }
    const [running, task, next] = orders;
    if (running === undefined || task === undefined || next === undefined) throw new Error('Too few orders');
    steps.upstream.reply(aPiapiTask());
    for (const order of orders) await submit(steps, order);
    for (const { id } of [task, next]) await steps.tasks.amend(id, { set: { taskToken: id } });
    expect(await waiting(steps)).toEqual([task.id, next.id]);
    // The place comes free, and nobody has handed it over yet.
    await steps.standings.update('piapi', (standing) => ({ ...standing, leases: {} }));

    await cancelTask(steps, task);
    expect(await submit(steps, task)).toEqual({ decision: 'settle' });
    await settle(steps, task);

    expect(await waiting(steps)).toEqual([]);
    expect(steps.released).toEqual([task.id, next.id]);
    expect(await holders(steps)).toEqual([next.id]);
    expect(await read(steps, task)).toMatchObject({ state: 'canceled', followUps: [] });
  });
});

it('answers an order from the inbox that is canceled in its outbox', async () => {
  const steps = await start();
  const task = await placeTestOrder(steps, { outboxName: 'sea' });
  const media = createMediaStore(await startMediaBucket());

  await cancelTask(steps, task);
  await settleTask(
    { taskId: task.id, run: 1 },
    { ...steps.submitContext, media, webhooks: webhookTools(steps) },
  );

  const bytes = await media.getBytes('outbox/acme/sea.error.json', { maxBytes: 99_999 });
  const answer = { status: 'failed', error: { code: 'canceled' }, gateway: { state: 'canceled' } };
  expect(JSON.parse(Buffer.from(bytes ?? '{}').toString())).toMatchObject(answer);
});

describe('a cancel whose worker dies', () => {
  // The request, the release of the sleeper, the failure, the transaction.
  it.each(everyDeath(4))(
    '$when write $write is finished by the workflow, with one release',
    async (death) => {
      const steps = await start();
      const task = await placeTestOrder(steps);
      await steps.tasks.amend(task.id, { set: { taskToken: 'token-of-the-sleeper' } });
      const context = mortal(steps.submitContext, death);
      expect(await untilKilled(cancelTask(steps, task, { context }))).toBe('killed');

      const isRequested = death.write > 1 || death.when === 'after';
      if (!isRequested) await cancelTask(steps, task);
      expect(await submit(steps, task)).toEqual({ decision: 'settle' });
      await settle(steps, task);
      await cancelTask(steps, task);

      expect(await read(steps, task)).toMatchObject({ ...canceled, state: 'canceled', chargeMicroUsd: 0 });
      expect(await readMonth(steps, 'acme')).toEqual(nothingSpent);
      expect(steps.upstream.requests).toEqual([]);
    },
  );

  it('has no fifth write', async () => {
    const steps = await start();
    const task = await placeTestOrder(steps);
    await steps.tasks.amend(task.id, { set: { taskToken: 'token-of-the-sleeper' } });
    const context = mortal(steps.submitContext, { write: 5, when: 'before' });

    expect(await untilKilled(cancelTask(steps, task, { context }))).toBe('survived');
  });
});
