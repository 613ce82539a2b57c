import { describe, expect, it, onTestFinished } from 'vitest';
import { checkJob } from '../../../functions/steps/check-job/check-job.ts';
import type { SubmitContext } from '../../../functions/steps/submit-to-provider/submit-to-provider.ts';
import { secondsAfter, secondsBetween } from '../../../shared/clock.ts';
import type { Task } from '../../../shared/domain/task.ts';
import type { VideoRequest } from '../../../shared/domain/video-request.ts';
import { takeProbe } from '../../../shared/routing/health.ts';
import type { StandingStore } from '../../../shared/storage/standing-store.ts';
import type { TaskStore } from '../../../shared/storage/task-store.ts';
import { everyDeath, mortal, untilKilled } from '../../support/mortal.ts';
import { placeTestOrder, readMonth } from '../../support/orders.ts';
import {
  aCloudswayJob,
  aFinishedPiapiTask,
  aPiapiTask,
  providersAsked,
  type Steps,
  startSteps,
  submitUntilDecided,
} from '../../support/steps.ts';

const onlyPiapi = { providers: ['piapi'] };

interface Limits {
  readonly piapi?: object;
  readonly cloudsway?: object;
}

async function start({ piapi = { concurrent: 1 }, cloudsway = {} }: Limits = {}): Promise<Steps> {
  const steps = await startSteps({
    PIAPI_LIMITS: JSON.stringify(piapi),
    CLOUDSWAY_LIMITS: JSON.stringify(cloudsway),
  });
  onTestFinished(() => steps.close());
  return steps;
}

/** An order that arrives now, a second after the one before. */
async function order(steps: Steps, request: Partial<VideoRequest> = {}): Promise<Task> {
  steps.clock.advance(1);
  return placeTestOrder(steps, { request, now: steps.clock.now() });
}
const submit = (steps: Steps, task: Task, context: SubmitContext = steps.submitContext) =>
  submitUntilDecided(task, context);
const check = (steps: Steps, task: Task) => checkJob({ taskId: task.id, run: 1 }, steps.context);
const read = async ({ tasks }: Steps, { id }: Task) => {
  const task = await tasks.getTask(id);
  if (task === undefined) throw new Error('The task is gone');
  return task;
};
const holders = async ({ standings }: Steps, provider = 'piapi') =>
  Object.keys((await standings.get(provider)).standing.leases);
const waiting = async ({ queue }: Steps) => (await queue.listFirst('piapi', 9)).map(({ id }) => id);
/** What AwaitPlace does. */
const fallAsleep = ({ tasks }: Steps, { id }: Task) => tasks.amend(id, { set: { taskToken: id } });

/** An order that took the only place at piapi. */
async function occupyPiapi(steps: Steps, request: Partial<VideoRequest> = {}): Promise<Task> {
  const task = await order(steps, request);
  steps.upstream.reply(aPiapiTask({ task_id: `job-of-${task.id}` }));
  await submit(steps, task);
  expect((await read(steps, task)).attempts).toMatchObject([{ provider: 'piapi', hasLease: true }]);
  return task;
}

/** The provider is done with it. */
async function finishJob(steps: Steps, task: Task): Promise<void> {
  steps.upstream.reply(aFinishedPiapiTask());
  expect(await check(steps, task)).toEqual({ decision: 'archive' });
}

describe('an order for a provider that is full', () => {
  it('waits in its queue, and in its sleep, with nothing sent', async () => {
    const steps = await start();
    await occupyPiapi(steps);
    const task = await order(steps, onlyPiapi);

    expect(await submit(steps, task)).toEqual({ decision: 'queue', nextLookSeconds: 86_400 });

    const now = steps.clock.now();
    expect(await read(steps, task)).toMatchObject({
      state: 'accepted',
      attempts: [],
      queuedAt: now.toISOString(),
      nextDueAt: secondsAfter(now, 600),
    });
    expect(await waiting(steps)).toEqual([task.id]);
    expect(providersAsked(steps)).toHaveLength(1);
  });

  it('is sent in order of arrival, as places are given back', async () => {
    const steps = await start();
    const first = await occupyPiapi(steps);
    const [second, third] = [await order(steps, onlyPiapi), await order(steps, onlyPiapi)];
    for (const task of [third, second]) {
      await submit(steps, task);
      await fallAsleep(steps, task);
    }

    await finishJob(steps, first);
    expect(steps.released).toEqual([second.id]);
    steps.upstream.reply(aPiapiTask({ task_id: 'job-2' }));
    expect(await submit(steps, third)).toMatchObject({ decision: 'queue' });
    expect(await submit(steps, second)).toMatchObject({ decision: 'await' });
    await fallAsleep(steps, third);
    await finishJob(steps, second);

    expect(steps.released).toEqual([second.id, third.id]);
    expect(await holders(steps)).toEqual([third.id]);
    expect(await read(steps, second)).not.toHaveProperty('queuedAt');
  });

  it('knows at the head of the queue when its window opens, and sleeps until then', async () => {
    const steps = await start({ piapi: { per_minute: 1 } });
    await occupyPiapi(steps, onlyPiapi);
    const task = await order(steps, onlyPiapi);

    expect(await submit(steps, task)).toEqual({ decision: 'queue', nextLookSeconds: 60 });
    steps.clock.advance(60);
    steps.upstream.reply(aPiapiTask({ task_id: 'job-2' }));

    expect(await submit(steps, task)).toMatchObject({ decision: 'await' });
    expect(await waiting(steps)).toEqual([]);
  });

  it('waits in the step itself for a moment that is ten seconds away or less', async () => {
    const steps = await start({ piapi: { spacing_ms: 5000 } });
    await occupyPiapi(steps, onlyPiapi);
    const task = await order(steps, onlyPiapi);
    steps.upstream.reply(aPiapiTask({ task_id: 'job-2' }));

    expect(await submit(steps, task)).toMatchObject({ decision: 'await' });

    expect(secondsBetween(task.createdAt, (await read(steps, task)).attempts[0]?.claimedAt ?? '')).toBe(4);
  });

  it('leaves the queue before it waits for its moment, so that it leaves on time', async () => {
    const steps = await start({ piapi: { spacing_ms: 5000 } });
    await occupyPiapi(steps, onlyPiapi);
    const task = await order(steps, onlyPiapi);
    await steps.queue.join('piapi', task);
    await steps.tasks.amend(task.id, { set: { queuedAt: task.createdAt } });
    const atPause: string[][] = [];
    const pause = async (seconds: number) => {
      atPause.push(await waiting(steps));
      steps.clock.advance(seconds);
    };
    steps.upstream.reply(aPiapiTask({ task_id: 'job-2' }));

    expect(await submit(steps, task, { ...steps.submitContext, pause })).toMatchObject({ decision: 'await' });

    expect(atPause).toEqual([[]]);
  });

  it('hears of a place that comes free before it fell asleep', async () => {
    const steps = await start();
    const first = await occupyPiapi(steps);
    const task = await order(steps, onlyPiapi);
    await submit(steps, task);

    await finishJob(steps, first);

    expect((await read(steps, task)).wake).toBeDefined();
    expect(await holders(steps)).toEqual([task.id]);
    steps.upstream.reply(aPiapiTask({ task_id: 'job-2' }));
    expect(await submit(steps, task)).toMatchObject({ decision: 'await' });
    expect(await read(steps, task)).not.toHaveProperty('wake');
  });

  it('does not sleep when it was ended since it was read', async () => {
    const steps = await start();
    await occupyPiapi(steps);
    const task = await order(steps, onlyPiapi);
    const view = await steps.tasks.getTaskView(task.id);
    const failure = { code: 'provider_auth', message: 'No key', charged: 'no' };
    await steps.tasks.amend(task.id, { set: { failure } });
    const tasks = { ...steps.tasks, getTaskView: async () => view };

    expect(await submit(steps, task, { ...steps.submitContext, tasks })).toEqual({ decision: 'settle' });
    expect(await waiting(steps)).toEqual([]);
  });

  it('follows at once when the first order after a pause was taken', async () => {
    const steps = await start({ piapi: {} });
    const [first, second] = [await order(steps, onlyPiapi), await order(steps, onlyPiapi)];
    steps.upstream.reply({ status: 429, headers: { 'retry-after': '30' }, body: {} });
    await submit(steps, first);
    await submit(steps, second);
    await fallAsleep(steps, second);
    steps.clock.advance(30);
    steps.upstream.reply(aPiapiTask());

    expect(await submit(steps, first)).toMatchObject({ decision: 'await' });

    expect(steps.released).toEqual([second.id]);
  });

  it('fails for free after a day', async () => {
    const steps = await start();
    await occupyPiapi(steps);
    const task = await order(steps, onlyPiapi);
    await submit(steps, task);
    steps.clock.advance(86_400);
    expect(await submit(steps, task)).toEqual({ decision: 'queue', nextLookSeconds: 1 });
    steps.clock.advance(1);

    expect(await submit(steps, task)).toEqual({ decision: 'settle' });

    expect((await read(steps, task)).failure).toMatchObject({ code: 'deadline_exceeded', charged: 'no' });
    expect(providersAsked(steps)).toHaveLength(1);
  });

  it('is sent once when eight workers find its place', async () => {
    const steps = await start({ piapi: { concurrent: 1, per_hour: 5 } });
    const task = await order(steps, onlyPiapi);
    steps.upstream.reply(aPiapiTask());

    await Promise.all(Array.from({ length: 8 }, () => submit(steps, task)));

    expect(providersAsked(steps)).toHaveLength(1);
    const { standing } = await steps.standings.get('piapi');
    expect(Object.keys(standing.leases)).toEqual([task.id]);
    expect(standing.startsMs).toHaveLength(1);
  });

  it('counts as one start, at the moment when it leaves, when its worker died after it got its place', async () => {
    const steps = await start({ piapi: { per_hour: 5 } });
    const task = await order(steps, onlyPiapi);
    const dying = mortal(steps.submitContext, { write: 1, when: 'after' });
    expect(await untilKilled(submit(steps, task, dying))).toBe('killed');
    steps.clock.advance(300);
    steps.upstream.reply(aPiapiTask());

    expect(await submit(steps, task)).toMatchObject({ decision: 'await' });

    const { standing } = await steps.standings.get('piapi');
    expect(standing.startsMs).toEqual([steps.clock.now().getTime()]);
    expect(await holders(steps)).toEqual([task.id]);
  });

  it.each([undefined, 'first sleep'])(
    'leaves the next sleep its token when the end of one with the token %s arrives once more, late',
    async (taskToken) => {
      const steps = await start();
      await occupyPiapi(steps);
      const task = await order(steps, onlyPiapi);
      await submit(steps, task);
      await steps.tasks.amend(task.id, { set: { wake: 'then', taskToken } });
      let arriveLate: (() => Promise<unknown>) | undefined;
      const amend: TaskStore['amend'] = (...change) => {
        arriveLate ??= () => steps.tasks.amend(...change);
        return steps.tasks.amend(...change);
      };

      await submit(steps, task, { ...steps.submitContext, tasks: { ...steps.tasks, amend } });
      const { wake, taskToken: forgotten } = await read(steps, task);
      expect([wake, forgotten]).toEqual([undefined, undefined]);
      await steps.tasks.amend(task.id, { set: { taskToken: 'next sleep' } });
      await arriveLate?.();

      expect(await read(steps, task)).toMatchObject({ taskToken: 'next sleep' });
    },
  );

  /** The question for a place, the row, the joining, and the questions once more. */
  it.each(everyDeath(5))('waits once after it died $when write $write', async (death) => {
    const steps = await start();
    const first = await occupyPiapi(steps);
    const task = await order(steps, onlyPiapi);
    expect(await untilKilled(submit(steps, task, mortal(steps.submitContext, death)))).toBe('killed');

    expect(await submit(steps, task)).toMatchObject({ decision: 'queue' });
    expect(await waiting(steps)).toEqual([task.id]);
    await finishJob(steps, first);
    steps.upstream.reply(aPiapiTask({ task_id: 'job-2' }));
    expect(await submit(steps, task)).toMatchObject({ decision: 'await' });
    expect(await waiting(steps)).toEqual([]);
  });
});

describe('an order for whoever serves it best', () => {
  it('takes another offer that starts sooner, and its price is held instead', async () => {
    const steps = await start();
    await occupyPiapi(steps);
    const task = await order(steps);
    steps.upstream.reply(aCloudswayJob());

    expect(await submit(steps, task)).toMatchObject({ decision: 'await' });

    expect(await read(steps, task)).toMatchObject({ provider: 'cloudsway', holdMicroUsd: 250_000 });
    expect((await readMonth(steps, 'acme')).committedMicroUsd).toBe(450_000);
    expect(await waiting(steps)).toEqual([]);
  });

  it('waits where it would wait anywhere, and then stays', async () => {
    const steps = await start({ cloudsway: { concurrent: 1 } });
    await occupyPiapi(steps);
    const second = await order(steps);
    steps.upstream.reply(aCloudswayJob());
    await submit(steps, second);
    const task = await order(steps);

    expect(await submit(steps, task)).toMatchObject({ decision: 'queue' });
    expect(await waiting(steps)).toEqual([task.id]);
    await steps.standings.update('cloudsway', (standing) => ({ ...standing, leases: {} }));
    expect(await submit(steps, task)).toMatchObject({ decision: 'queue' });

    expect(await read(steps, task)).toMatchObject({ provider: 'piapi', holdMicroUsd: 200_000 });
  });

  it('waits where the other offer costs more than it may', async () => {
    const steps = await start();
    await occupyPiapi(steps);
    const task = await order(steps, { maxCostMicroUsd: 249_999 });

    expect(await submit(steps, task)).toMatchObject({ decision: 'queue' });
    expect((await readMonth(steps, 'acme')).committedMicroUsd).toBe(400_000);
  });

  it.each(['value', 'fastest'] as const)('waits where the policy is %s', async (policy) => {
    const steps = await start();
    await occupyPiapi(steps);

    expect(await submit(steps, await order(steps, { policy }))).toMatchObject({ decision: 'queue' });
  });

  it('goes elsewhere while an operator stopped its provider, which a named one waits for', async () => {
    const steps = await start({ piapi: {} });
    await steps.standings.update('piapi', (standing) => ({ ...standing, stoppedAt: 'then' }));
    steps.upstream.reply(aCloudswayJob());

    expect(await submit(steps, await order(steps))).toMatchObject({ decision: 'await' });
    expect(await submit(steps, await order(steps, onlyPiapi))).toMatchObject({ decision: 'queue' });
    expect(providersAsked(steps)).toEqual(['cloudsway']);
  });

  it('leaves the queue of a provider that an operator stopped since', async () => {
    const steps = await start({ cloudsway: { concurrent: 1 } });
    await occupyPiapi(steps);
    const second = await order(steps);
    steps.upstream.reply(aCloudswayJob());
    await submit(steps, second);
    const task = await order(steps);
    expect(await submit(steps, task)).toMatchObject({ decision: 'queue' });
    await steps.standings.update('piapi', (standing) => ({ ...standing, stoppedAt: 'then' }));

    expect(await submit(steps, task)).toMatchObject({ decision: 'queue' });

    expect(await read(steps, task)).toMatchObject({ provider: 'cloudsway', holdMicroUsd: 250_000 });
    expect(await steps.queue.count('cloudsway')).toBe(1);
    expect(await waiting(steps)).toEqual([]);
  });

  it('goes elsewhere while the circuit is open, and one of them tries when that was long enough', async () => {
    const steps = await start({ piapi: {} });
    const openUntil = secondsAfter(steps.clock.now(), 30);
    await steps.standings.update('piapi', (standing) => ({ ...standing, failures: 3, openUntil }));
    steps.upstream.reply(aCloudswayJob('1'));
    await submit(steps, await order(steps));
    steps.clock.advance(30);
    const [probe, other] = [await order(steps), await order(steps)];
    steps.upstream.reply({ status: 401, body: {} }, aCloudswayJob('2'), aCloudswayJob('3'));

    await submit(steps, probe);
    await submit(steps, other);

    expect(providersAsked(steps)).toEqual(['cloudsway', 'piapi', 'cloudsway', 'cloudsway']);
    const { standing } = await steps.standings.get('piapi');
    expect(standing).toMatchObject({ failures: 4, openUntil: secondsAfter(steps.clock.now(), 60) });
  });

  it('goes elsewhere when another order became the probe since it looked', async () => {
    const steps = await start({ piapi: {} });
    const openUntil = steps.clock.now().toISOString();
    await steps.standings.update('piapi', (standing) => ({ ...standing, failures: 3, openUntil }));
    const halfOpen = await steps.standings.get('piapi');
    await steps.standings.update('piapi', (standing) => takeProbe(standing, steps.clock.now()));
    const reads = [halfOpen];
    const get: StandingStore['get'] = async (provider) => reads.pop() ?? steps.standings.get(provider);
    const standings = { ...steps.standings, get };
    steps.upstream.reply(aCloudswayJob());

    await submit(steps, await order(steps), { ...steps.submitContext, standings });

    expect(providersAsked(steps)).toEqual(['cloudsway']);
  });

  it('does not go back to a provider that turned it down while another one asks for patience', async () => {
    const steps = await start({ piapi: {} });
    const task = await order(steps);
    const away = { status: 400, body: { message: 'NO_AVAILABLE_INSTANCE' } };
    steps.upstream.reply({ status: 429, headers: { 'retry-after': '120' } }, away);

    expect(await submit(steps, task)).toMatchObject({ decision: 'queue', nextLookSeconds: 120 });

    expect(providersAsked(steps)).toEqual(['piapi', 'cloudsway']);
  });
});

describe('the place of an order', () => {
  it.each([
    ['has its video', [aFinishedPiapiTask()], 0],
    ['failed at its provider', [aPiapiTask({ status: 'failed' })], 0],
    ['was not done at the deadline', [aPiapiTask({ status: 'processing' })], 1200],
  ])('is given to the next at once when it %s', async (_, replies, seconds) => {
    const steps = await start();
    const first = await occupyPiapi(steps);
    const task = await order(steps, onlyPiapi);
    await submit(steps, task);
    steps.clock.advance(seconds);
    steps.upstream.reply(...replies);

    await check(steps, first);

    expect(await holders(steps)).toEqual([task.id]);
    expect((await read(steps, task)).wake).toBeDefined();
  });

  it('is given to the next when its provider refused it', async () => {
    const steps = await start();
    const first = await order(steps);
    steps.upstream.reply({ status: 402, body: {} }, aCloudswayJob());

    await submit(steps, first);

    expect(await holders(steps)).toEqual([]);
    expect(await read(steps, first)).toMatchObject({ provider: 'cloudsway' });
  });

  it('is kept while nobody knows whether the provider works on it', async () => {
    const steps = await start();
    const first = await order(steps, onlyPiapi);
    steps.upstream.reply('reset');
    await submit(steps, first);

    await check(steps, first);
    expect(await holders(steps)).toEqual([first.id]);

    steps.clock.advance(1200);
    expect(await check(steps, first)).toEqual({ decision: 'settle' });
    expect(await holders(steps)).toEqual([]);
  });

  it('is kept while the job goes on', async () => {
    const steps = await start();
    const first = await occupyPiapi(steps);
    steps.upstream.reply(aPiapiTask({ status: 'processing' }));

    await check(steps, first);

    expect(await holders(steps)).toEqual([first.id]);
  });
});
