import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { checkJob } from '../../../functions/steps/check-job/check-job.ts';
import { claimAttempt } from '../../../functions/steps/submit-to-provider/claim-attempt.ts';
import { submitToProvider } from '../../../functions/steps/submit-to-provider/submit-to-provider.ts';
import type { Task } from '../../../shared/domain/task.ts';
import { settleTask } from '../../../shared/ledger/settle.ts';
import { requireTask, type TaskStore } from '../../../shared/storage/task-store.ts';
import { cancelTask, requestCancel } from '../../support/cancel.ts';
import { everyDeath, mortal, untilKilled } from '../../support/mortal.ts';
import { type OrderOverrides, placeTestOrder, readMonth } from '../../support/orders.ts';
import type { Reply } from '../../support/scripted-upstream.ts';
import {
  aCloudswayJob,
  aFinishedPiapiTask,
  aPiapiTask,
  type Steps,
  startSteps,
} from '../../support/steps.ts';

const nothingSpent = { committedMicroUsd: 0, spentMicroUsd: 0 };
const held = { committedMicroUsd: 200_000, spentMicroUsd: 0 };
const canceled = { failure: { code: 'canceled', charged: 'no' } };
const goesOn = aPiapiTask({ status: 'processing' });
const isCanceled: Reply = { body: { code: 200, message: 'task job-1 canceled' } };
const isRunning: Reply = { status: 400, body: { code: 400, message: 'only a pending task can be canceled' } };
const hasFailed = aPiapiTask({
  status: 'failed',
  error: { code: 10000, raw_message: 'the task was canceled' },
});
const atCloudsway: OrderOverrides = {
  offer: { provider: 'cloudsway', nativeModel: 'MaaS_HL_Video_t2v', hasCallback: false },
};

async function start(variables: Record<string, string> = {}): Promise<Steps> {
  const steps = await startSteps(variables);
  onTestFinished(() => steps.close());
  return steps;
}

const read = ({ tasks }: Steps, { id }: Task) => requireTask(id, tasks);
const submit = (steps: Steps, { id }: Task) => submitToProvider({ taskId: id, run: 1 }, steps.submitContext);
const check = (steps: Steps, { id }: Task, context = steps.context) =>
  checkJob({ taskId: id, run: 1 }, context);
const settle = async (steps: Steps, task: Task) =>
  settleTask(await read(steps, task), steps.clock.now(), steps.ledger);
/** What the provider was asked since its job was ordered. */
const asked = ({ upstream }: Steps) => upstream.requests.slice(1).map(({ method }) => method);

/** A task whose job its provider accepted, and whose customer then asked for its end. */
async function placeCanceledJob(steps: Steps, overrides: OrderOverrides = {}): Promise<Task> {
  const task = await placeTestOrder(steps, overrides);
  steps.upstream.reply(overrides === atCloudsway ? aCloudswayJob() : aPiapiTask());
  await submit(steps, task);
  await requestCancel(steps, task);
  return task;
}

describe('a job whose customer asked for its end', () => {
  it('ends as canceled, its place and hold given back, when its provider cancels it', async () => {
    const steps = await start({ PIAPI_LIMITS: '{"concurrent":1}' });
    const task = await placeCanceledJob(steps);
    steps.upstream.reply(aPiapiTask(), isCanceled, hasFailed);

    expect(await check(steps, task)).toEqual({ decision: 'settle' });

    expect(await read(steps, task)).toMatchObject({
      ...canceled,
      attempts: [{ failure: { charged: 'no' }, cancelAskedAt: steps.clock.now().toISOString() }],
    });
    expect((await steps.standings.get('piapi')).standing.leases).toEqual({});
    await settle(steps, task);
    expect(await read(steps, task)).toMatchObject({ state: 'canceled', chargeMicroUsd: 0 });
    expect(await readMonth(steps, 'acme')).toEqual(nothingSpent);
    expect(asked(steps)).toEqual(['GET', 'DELETE', 'GET']);
    expect(steps.upstream.requests[2]).toMatchObject({
      method: 'DELETE',
      path: '/api/v1/task/job-1',
      headers: { 'x-api-key': 'piapi-key' },
    });
  });

  it.each<[string, Reply]>([
    ['an error', isRunning],
    ['a 404', { status: 404, body: { code: 404, message: 'task not found' } }],
    ['a 500', { status: 500 }],
    ['an error with status 200', { body: { code: 400, message: 'processing' } }],
    ['nothing that says so', { body: {} }],
    ['a task that runs', aPiapiTask({ status: 'processing' })],
    ['a page', { body: '<html>' }],
    ['a broken connection', 'reset'],
  ])('runs on, and is not asked about again, when its provider answers %s', async (_, reply) => {
    const steps = await start();
    const task = await placeCanceledJob(steps);
    steps.upstream.reply(goesOn, reply, aFinishedPiapiTask());

    expect(await check(steps, task)).toEqual({ decision: 'await', nextLookSeconds: 5 });
    expect(await check(steps, task)).toEqual({ decision: 'archive' });

    expect(asked(steps)).toEqual(['GET', 'DELETE', 'GET']);
    expect((await read(steps, task)).failure).toBeUndefined();
    expect(await readMonth(steps, 'acme')).toEqual(held);
  });

  it('runs on where its provider cancels nothing', async () => {
    const steps = await start();
    const task = await placeCanceledJob(steps, atCloudsway);
    steps.upstream.reply({ body: { status: 'Processing', base_resp: { status_code: 0 } } });

    expect(await check(steps, task)).toEqual({ decision: 'await', nextLookSeconds: 5 });
    expect(asked(steps)).toEqual(['GET']);
  });

  it('ends as canceled when it fails for no reason of its own after its provider was asked', async () => {
    const steps = await start();
    const task = await placeCanceledJob(steps);
    steps.upstream.reply(goesOn, 'reset', hasFailed);

    expect(await check(steps, task)).toMatchObject({ decision: 'await' });
    expect(await check(steps, task)).toEqual({ decision: 'settle' });

    const attempts = [{ failure: { code: 'generation_failed' } }];
    expect(await read(steps, task)).toMatchObject({ ...canceled, attempts });
  });

  it('ends as it would have when it fails for its content', async () => {
    const steps = await start();
    const task = await placeCanceledJob(steps);
    const moderated = aPiapiTask({ status: 'failed', error: { code: 1, raw_message: 'sensitive content' } });
    steps.upstream.reply(goesOn, isCanceled, moderated);

    expect(await check(steps, task)).toEqual({ decision: 'settle' });
    expect(await read(steps, task)).toMatchObject({ failure: { code: 'content_rejected' } });
  });

  it('ends as canceled when it fails for what another offer could mend', async () => {
    const steps = await start();
    const task = await placeCanceledJob(steps, atCloudsway);
    const failure = { code: 'provider_unavailable', message: 'Maintenance', charged: 'no' } as const;
    await steps.tasks.amend(task.id, { set: { 'attempts[0].failure': failure } });

    expect(await check(steps, task)).toEqual({ decision: 'settle' });
    expect(await read(steps, task)).toMatchObject({ ...canceled, provider: 'cloudsway' });
  });

  it('keeps its distance between the looks and the request to cancel', async () => {
    const steps = await start({ PIAPI_LIMITS: '{"spacing_ms":5000}' });
    const task = await placeCanceledJob(steps);
    const before = steps.clock.now().getTime();
    steps.upstream.reply(goesOn, isCanceled, hasFailed);

    await check(steps, task);

    expect(steps.clock.now().getTime() - before).toBeGreaterThanOrEqual(15_000);
  });

  it('is archived when a faster look has seen its video', async () => {
    const steps = await start();
    const task = await placeCanceledJob(steps);
    steps.upstream.reply(goesOn, isCanceled, hasFailed);
    const amend: TaskStore['amend'] = async (...change) => {
      const set = { outputUrl: 'https://cdn.example.com/v.mp4' };
      await steps.tasks.transition(task.id, { from: ['processing'], to: 'archiving', set });
      return steps.tasks.amend(...change);
    };

    const context = { ...steps.context, tasks: { ...steps.tasks, amend } };
    expect(await check(steps, task, context)).toEqual({ decision: 'archive' });
    expect((await read(steps, task)).failure).toBeUndefined();
  });

  it('runs on when its provider has no key any more', async () => {
    const steps = await start();
    const task = await placeCanceledJob(steps);
    const context = {
      ...steps.context,
      credentials: { ...steps.context.credentials, getApiKey: async () => undefined },
    };

    expect(await check(steps, task, context)).toMatchObject({ decision: 'await' });
    expect(asked(steps)).toEqual([]);
  });
});

describe('the word of a provider that it canceled a job', () => {
  const isGone: Reply = { status: 404, body: { code: 404, message: 'task not found' } };

  it('is not asked for of a job that is done', async () => {
    const steps = await start();
    const task = await placeCanceledJob(steps);
    steps.upstream.reply(aFinishedPiapiTask());

    expect(await check(steps, task)).toEqual({ decision: 'archive' });
    expect(asked(steps)).toEqual(['GET']);
  });

  it('is not believed of a job that is done by then, whose video is archived and paid for', async () => {
    const steps = await start();
    const task = await placeCanceledJob(steps);
    steps.upstream.reply(goesOn, isCanceled, aFinishedPiapiTask());

    expect(await check(steps, task)).toEqual({ decision: 'archive' });
    expect(await read(steps, task)).toMatchObject({ state: 'archiving', outputUrl: expect.any(String) });
    expect((await read(steps, task)).failure).toBeUndefined();
    expect(await readMonth(steps, 'acme')).toEqual(held);
  });

  it('is not believed of a job that goes on', async () => {
    const steps = await start();
    const task = await placeCanceledJob(steps);
    steps.upstream.reply(goesOn, isCanceled, goesOn, isGone, aFinishedPiapiTask());

    const decisions = [await check(steps, task), await check(steps, task), await check(steps, task)];

    expect(decisions.map(({ decision }) => decision)).toEqual(['await', 'await', 'archive']);
    expect(asked(steps)).toEqual(['GET', 'DELETE', 'GET', 'GET', 'GET']);
  });

  it.each<[string, Reply]>([
    ['with a 404', isGone],
    ['with a 404 in a 200', { body: { code: 404, message: 'task not found' } }],
  ])('is true of a job that it then does not know any more, %s', async (_, gone) => {
    const steps = await start();
    const task = await placeCanceledJob(steps);
    steps.upstream.reply(goesOn, isCanceled, gone);

    expect(await check(steps, task)).toEqual({ decision: 'settle' });
    await settle(steps, task);
    expect(await read(steps, task)).toMatchObject({ ...canceled, state: 'canceled', chargeMicroUsd: 0 });
  });

  it('does not make a 404 of somebody else, or before it was given, the end of the job', async () => {
    const steps = await start();
    const task = await placeCanceledJob(steps);
    const page: Reply = { status: 404, body: '<html>' };
    steps.upstream.reply(isGone, goesOn, isRunning, isGone);
    const refused = [await check(steps, task), await check(steps, task), await check(steps, task)];
    const other = await placeCanceledJob(steps);
    steps.upstream.reply(goesOn, isCanceled, page);

    expect([...refused, await check(steps, other)].map(({ decision }) => decision)).toEqual(
      Array.from({ length: 4 }, () => 'await'),
    );
  });

  it.each<[string, Reply, string]>([
    ['failed', hasFailed, 'settle'],
    ['unknown', isGone, 'settle'],
    ['done', aFinishedPiapiTask(), 'archive'],
  ])('is left to the next look where one cannot be read; then the job is %s', async (_, reply, decision) => {
    const steps = await start();
    const task = await placeCanceledJob(steps);
    steps.upstream.reply(goesOn, isCanceled, { status: 500 }, reply);

    expect(await check(steps, task)).toMatchObject({ decision: 'await' });
    expect(await check(steps, task)).toEqual({ decision });

    expect(asked(steps)).toEqual(['GET', 'DELETE', 'GET', 'GET']);
    const { failure } = await read(steps, task);
    expect(failure?.code).toBe(decision === 'settle' ? 'canceled' : undefined);
  });

  it('is taken back by a look that shows the job at work', async () => {
    const steps = await start();
    const task = await placeCanceledJob(steps);
    steps.upstream.reply(goesOn, isCanceled, { status: 500 }, goesOn, isGone);

    const decisions = [await check(steps, task), await check(steps, task), await check(steps, task)];

    expect(decisions.map(({ decision }) => decision)).toEqual(['await', 'await', 'await']);
    expect(await read(steps, task)).toMatchObject({ attempts: [{ isCancelConfirmed: false }] });
  });

  it('waits no longer than any job for a look that can be read', async () => {
    const steps = await start();
    const task = await placeCanceledJob(steps);
    steps.upstream.reply(goesOn, isCanceled, { status: 500 }, { status: 500 });
    await check(steps, task);
    steps.clock.advance(81 * 60);

    expect(await check(steps, task)).toEqual({ decision: 'settle' });
    expect(await read(steps, task)).toMatchObject({ failure: { code: 'deadline_exceeded' } });
  });
});

describe('a request to cancel that did not leave', () => {
  const cancelAskedAt = async (steps: Steps, task: Task) =>
    (await read(steps, task)).attempts[0]?.cancelAskedAt;

  it('is made again by the next look, where the connection was refused', async () => {
    const steps = await start();
    const task = await placeCanceledJob(steps);
    steps.upstream.reply(goesOn, goesOn, isCanceled, hasFailed);
    const http: Steps['context']['http'] = async (request) =>
      request.method === 'DELETE' ? { kind: 'not_sent', message: 'refused' } : steps.context.http(request);

    expect(await check(steps, task, { ...steps.context, http })).toMatchObject({ decision: 'await' });
    expect(await cancelAskedAt(steps, task)).toBeUndefined();
    expect(await check(steps, task)).toEqual({ decision: 'settle' });
    expect(await read(steps, task)).toMatchObject(canceled);
  });

  it('is made again by the next look, where the limits left no room for it', async () => {
    const steps = await start({ PIAPI_LIMITS: '{"spacing_ms":12000}' });
    const task = await placeCanceledJob(steps);
    steps.clock.advance(12);
    const crowd: Steps['context']['http'] = async (request) => {
      const answer = await steps.context.http(request);
      const nextRequestAt = new Date(steps.clock.now().getTime() + 60_000).toISOString();
      await steps.standings.update('piapi', (standing) => ({ ...standing, nextRequestAt }));
      return answer;
    };
    steps.upstream.reply(goesOn, goesOn, isCanceled, hasFailed);

    await check(steps, task, { ...steps.context, http: crowd });
    expect(await cancelAskedAt(steps, task)).toBeUndefined();
    steps.clock.advance(60);
    expect(await check(steps, task)).toEqual({ decision: 'settle' });
  });

  it('is one whose time ran out while it waited for its turn: its time begins when it may leave', async () => {
    const steps = await start({ PIAPI_LIMITS: '{"spacing_ms":12000}' });
    const task = await placeCanceledJob(steps);
    steps.upstream.reply(goesOn, isCanceled, hasFailed);
    vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
      const controller = new AbortController();
      steps.clock.schedule(new Date(steps.clock.now().getTime() + ms), () => controller.abort());
      return controller.signal;
    });
    onTestFinished(() => void vi.restoreAllMocks());

    expect(await check(steps, task)).toEqual({ decision: 'settle' });
    expect(asked(steps)).toEqual(['GET', 'DELETE', 'GET']);
  });
});

describe('a request that is on its way when its customer asks for the end', () => {
  async function claimed(steps: Steps): Promise<Task> {
    const task = await placeTestOrder(steps);
    const provider = steps.context.providers.get('piapi');
    if (provider === undefined) throw new Error('piapi is not loaded');
    await claimAttempt({ task, provider, hasLease: false }, steps.submitContext);
    await cancelTask(steps, task);
    return task;
  }

  it('is waited for: nothing is asked, nothing is sent, and nothing ends', async () => {
    const steps = await start();
    const task = await claimed(steps);

    expect(await check(steps, task)).toMatchObject({ decision: 'await' });
    expect(await submit(steps, task)).toMatchObject({ decision: 'await' });
    expect(steps.upstream.requests).toEqual([]);
    expect(await readMonth(steps, 'acme')).toEqual(held);
  });

  it('has its job canceled by the next look once it is known', async () => {
    const steps = await start();
    const task = await placeTestOrder(steps);
    steps.upstream.reply(aPiapiTask(), goesOn, isCanceled, hasFailed);
    const http: Steps['context']['http'] = async (request) => {
      await requestCancel(steps, task);
      return steps.context.http(request);
    };
    const sent = await submitToProvider({ taskId: task.id, run: 1 }, { ...steps.submitContext, http });

    expect(sent).toMatchObject({ decision: 'await' });
    // The sleep would not begin: somebody rang.
    expect((await read(steps, task)).wake).toBeDefined();
    expect(await check(steps, task)).toEqual({ decision: 'settle' });
    expect(await read(steps, task)).toMatchObject(canceled);
  });

  it('stays unknown, its hold kept, when nobody knows whether it arrived', async () => {
    const steps = await start();
    const task = await placeTestOrder(steps);
    steps.upstream.reply('reset');
    await submit(steps, task);
    await requestCancel(steps, task);

    expect(await check(steps, task)).toMatchObject({ decision: 'await' });
    steps.clock.advance(20 * 60);
    expect(await check(steps, task)).toEqual({ decision: 'settle' });
    await settle(steps, task);

    expect(await read(steps, task)).toMatchObject({ state: 'failed', failure: { code: 'submit_unknown' } });
    expect(await readMonth(steps, 'acme')).toEqual(held);
    expect(asked(steps)).toEqual([]);
  });
});

describe('a look that cancels and whose worker dies', () => {
  /** Whether it was asked, and the failure was not written. */
  const isLookedAtAgain = ({ write, when }: { write: number; when: string }) =>
    write === 2 || (write === 3 && when === 'before');

  /** The end of the sleep, that it was asked, and the failure. */
  it.each(everyDeath(3))('$when write $write is repeated, with one release', async (death) => {
    const steps = await start();
    const task = await placeCanceledJob(steps);
    steps.upstream.reply(goesOn, isCanceled, hasFailed, hasFailed);
    expect(await untilKilled(check(steps, task, mortal(steps.context, death)))).toBe('killed');

    expect(await check(steps, task)).toEqual({ decision: 'settle' });
    await settle(steps, task);
    expect(await settle(steps, task)).toBe('stale');

    expect(await read(steps, task)).toMatchObject({ ...canceled, state: 'canceled', chargeMicroUsd: 0 });
    expect(await readMonth(steps, 'acme')).toEqual(nothingSpent);
    expect(asked(steps)).toEqual(['GET', 'DELETE', 'GET', ...(isLookedAtAgain(death) ? ['GET'] : [])]);
  });
});
