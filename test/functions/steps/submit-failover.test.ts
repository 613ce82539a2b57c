import { describe, expect, it, onTestFinished } from 'vitest';
import { checkJob } from '../../../functions/steps/check-job/check-job.ts';
import type { SubmitContext } from '../../../functions/steps/submit-to-provider/submit-to-provider.ts';
import { submitToProvider } from '../../../functions/steps/submit-to-provider/submit-to-provider.ts';
import { secondsAfter } from '../../../shared/clock.ts';
import type { Task } from '../../../shared/domain/task.ts';
import type { VideoRequest } from '../../../shared/domain/video-request.ts';
import { everyDeath, mortal, untilKilled } from '../../support/mortal.ts';
import { placeTestOrder, readMonth } from '../../support/orders.ts';
import type { Reply } from '../../support/scripted-upstream.ts';
import {
  aCloudswayJob,
  aPiapiTask,
  providersAsked,
  type Steps,
  startSteps,
  submitUntilDecided,
} from '../../support/steps.ts';

const [piapiPrice, cloudswayPrice] = [200_000, 250_000];
const cloudswayOffer = {
  provider: 'cloudsway',
  nativeModel: 'MaaS_HL_Video_t2v',
  variants: [
    {
      seconds: 6,
      resolution: '720P',
      size: '1280x720',
      priceMicroUsd: cloudswayPrice,
      isPriceAssumed: true,
    },
  ],
} as const;
const broke: Reply = { status: 402, body: { code: 402, message: 'insufficient credit' } };

async function start(variables: Record<string, string> = {}): Promise<Steps> {
  const steps = await startSteps(variables);
  onTestFinished(() => steps.close());
  return steps;
}

const submit = (steps: Steps, task: Task, context: SubmitContext = steps.submitContext) =>
  submitUntilDecided(task, context);
const read = async ({ tasks }: Steps, { id }: Task) => {
  const task = await tasks.getTask(id);
  if (task === undefined) throw new Error('The task is gone');
  return task;
};
const committed = async (steps: Steps) => (await readMonth(steps, 'acme')).committedMicroUsd;
const order = (steps: Steps, request: Partial<VideoRequest> = {}) => placeTestOrder(steps, { request });

/** The hold of the row is what is committed, whatever happened. */
async function expectHold(steps: Steps, task: Task, price: number): Promise<void> {
  expect((await read(steps, task)).holdMicroUsd).toBe(price);
  expect(await committed(steps)).toBe(price);
}

describe('a provider that turns an order down before anything is paid', () => {
  it.each([
    [401, 'provider_auth'],
    [402, 'provider_balance'],
    [403, 'provider_auth'],
    [429, 'provider_rate_limited'],
  ])('with %i loses it to the next, whose price is held instead', async (status, code) => {
    const steps = await start();
    const task = await order(steps);
    steps.upstream.reply({ status, body: { code: status, message: 'no' } }, aCloudswayJob('7'));

    expect(await submit(steps, task)).toMatchObject({ decision: 'await' });

    expect(await read(steps, task)).toMatchObject({
      state: 'processing',
      provider: 'cloudsway',
      nativeModel: 'MaaS_HL_Video_t2v',
      attempts: [
        { number: 1, provider: 'piapi', priceMicroUsd: piapiPrice, outcome: 'refused', failure: { code } },
        { number: 2, provider: 'cloudsway', priceMicroUsd: cloudswayPrice, outcome: 'accepted', jobId: '7' },
      ],
    });
    expect(providersAsked(steps)).toEqual(['piapi', 'cloudsway']);
    await expectHold(steps, task, cloudswayPrice);
  });

  it('by not being reached loses it', async () => {
    const steps = await start({ PIAPI_BASE_URL: 'http://127.0.0.1:1' });
    const task = await order(steps);
    steps.upstream.reply(aCloudswayJob());

    expect(await submit(steps, task)).toMatchObject({ decision: 'await' });

    expect(await read(steps, task)).toMatchObject({
      attempts: [{ outcome: 'not_sent', failure: { code: 'provider_unreachable' } }, { outcome: 'accepted' }],
    });
    await expectHold(steps, task, cloudswayPrice);
  });

  it('by its own word of being unavailable loses it, also to a cheaper one', async () => {
    const steps = await start();
    const task = await placeTestOrder(steps, { offer: cloudswayOffer });
    steps.upstream.reply({ status: 400, body: { message: 'NO_AVAILABLE_INSTANCE' } }, aPiapiTask());

    expect(await submit(steps, task)).toMatchObject({ decision: 'await' });

    expect((await read(steps, task)).attempts).toMatchObject([
      { failure: { code: 'provider_unavailable' } },
      { provider: 'piapi', outcome: 'accepted' },
    ]);
    await expectHold(steps, task, piapiPrice);
  });

  it('and has no key any more loses it without being asked', async () => {
    const steps = await start();
    const task = await placeTestOrder(steps, { offer: { provider: 'haiper' } });
    steps.upstream.reply(aPiapiTask());

    expect(await submit(steps, task)).toMatchObject({ decision: 'await' });
    expect((await read(steps, task)).attempts).toMatchObject([{ provider: 'piapi', outcome: 'accepted' }]);
  });

  it('fails the task, for free, by the last reason when all of them turn it down', async () => {
    const steps = await start();
    const task = await order(steps);
    steps.upstream.reply(broke, { status: 403, body: { message: 'no' } });

    expect(await submit(steps, task)).toEqual({ decision: 'settle' });

    expect((await read(steps, task)).failure).toMatchObject({ code: 'provider_auth', charged: 'no' });
    expect(providersAsked(steps)).toEqual(['piapi', 'cloudsway']);
    await expectHold(steps, task, cloudswayPrice);
  });
});

describe('a job that fails', () => {
  const failed = (message: string) =>
    aPiapiTask({ status: 'failed', error: { code: 1, raw_message: message } });
  const brokeLater: Reply = {
    body: { status: 'Fail', base_resp: { status_code: 1008, status_msg: 'insufficient balance' } },
  };
  const check = (steps: Steps, task: Task) => checkJob({ taskId: task.id, run: 1 }, steps.context);

  it('for a reason of the provider is tried elsewhere, and the provider is not healthy', async () => {
    const steps = await start({ CLOUDSWAY_LIMITS: '{"concurrent": 1}' });
    const task = await placeTestOrder(steps, { offer: cloudswayOffer });
    steps.upstream.reply(aCloudswayJob(), brokeLater, aPiapiTask());
    await submit(steps, task);

    expect(await check(steps, task)).toEqual({ decision: 'submit' });
    const { standing } = await steps.standings.get('cloudsway');
    expect(standing.leases).toEqual({});
    expect(standing).toHaveProperty('openUntil');
    expect(await submit(steps, task)).toMatchObject({ decision: 'await' });

    expect(await read(steps, task)).toMatchObject({
      provider: 'piapi',
      looks: 0,
      attempts: [{ outcome: 'accepted', failure: { code: 'provider_balance' } }, { outcome: 'accepted' }],
    });
    await expectHold(steps, task, piapiPrice);
  });

  it('is given up for its reason when a day has passed and nothing took it further', async () => {
    const steps = await start();
    const task = await placeTestOrder(steps, { offer: cloudswayOffer });
    steps.upstream.reply(aCloudswayJob(), brokeLater);
    await submit(steps, task);
    await check(steps, task);
    steps.clock.advance(86_401);

    expect(await check(steps, task)).toEqual({ decision: 'settle' });

    expect((await read(steps, task)).failure).toMatchObject({ code: 'provider_balance', charged: 'no' });
  });

  it('for a reason of the order is the end', async () => {
    const steps = await start();
    const task = await order(steps);
    steps.upstream.reply(aPiapiTask(), failed('no face detected'));
    await submit(steps, task);

    expect(await check(steps, task)).toEqual({ decision: 'settle' });
    expect(await submit(steps, task)).toEqual({ decision: 'settle' });
    await expectHold(steps, task, piapiPrice);
  });
});

describe('an order that is not tried elsewhere', () => {
  it.each([
    ['content that is rejected', 'The prompt has sensitive content', 'content_rejected'],
    ['a request that is wrong', 'duration must be 6', 'invalid_request'],
  ])('has %s', async (_, message, code) => {
    const steps = await start();
    const task = await order(steps);
    steps.upstream.reply({ status: 400, body: { code: 400, message } });

    expect(await submit(steps, task)).toEqual({ decision: 'settle' });

    expect((await read(steps, task)).failure).toMatchObject({ code });
    expect(providersAsked(steps)).toEqual(['piapi']);
    await expectHold(steps, task, piapiPrice);
  });

  it.each([
    ['500', { status: 500, body: 'oops' }],
    ['503', { status: 503, body: { message: 'unavailable' } }],
    ['408', { status: 408, body: {} }],
    ['a broken connection', 'reset' as const],
    ['half an answer', 'truncate' as const],
  ])('was answered with %s: nobody knows whether it arrived', async (_, reply) => {
    const steps = await start();
    const task = await order(steps);
    steps.upstream.reply(reply);

    for (let runs = 0; runs < 3; runs += 1)
      expect(await submit(steps, task)).toMatchObject({ decision: 'await' });

    expect((await read(steps, task)).attempts).toMatchObject([{ outcome: 'unknown' }]);
    expect(providersAsked(steps)).toEqual(['piapi']);
    await expectHold(steps, task, piapiPrice);
  });

  it.each([
    [cloudswayPrice - 1, ['piapi'], piapiPrice],
    [cloudswayPrice, ['piapi', 'cloudsway'], cloudswayPrice],
  ])('may cost at most %i', async (maxCostMicroUsd, asked, held) => {
    const steps = await start();
    const task = await order(steps, { maxCostMicroUsd });
    steps.upstream.reply(broke, aCloudswayJob());

    await submit(steps, task);

    expect(providersAsked(steps)).toEqual(asked);
    await expectHold(steps, task, held);
  });

  it('names one provider, and fails by the reason of that', async () => {
    const steps = await start();
    const task = await order(steps, { providers: ['piapi'] });
    steps.upstream.reply(broke);

    expect(await submit(steps, task)).toEqual({ decision: 'settle' });

    expect((await read(steps, task)).failure).toMatchObject({ code: 'provider_balance', charged: 'no' });
    expect(providersAsked(steps)).toEqual(['piapi']);
  });

  it('has no other offer whose provider works for us: an operator stopped it', async () => {
    const steps = await start();
    await steps.standings.update('cloudsway', (standing) => ({ ...standing, stoppedAt: 'then' }));
    const task = await order(steps);
    steps.upstream.reply(broke);

    expect(await submit(steps, task)).toEqual({ decision: 'settle' });
    expect(providersAsked(steps)).toEqual(['piapi']);
  });
});

describe('an order with a list of providers', () => {
  it('goes from one to the next as they were named, though that one is cheaper', async () => {
    const steps = await start();
    const request = { providers: ['cloudsway', 'piapi'] };
    const task = await placeTestOrder(steps, { offer: cloudswayOffer, request });
    steps.upstream.reply(broke, aPiapiTask());

    expect(await submit(steps, task)).toMatchObject({ decision: 'await' });
    expect(providersAsked(steps)).toEqual(['cloudsway', 'piapi']);
    await expectHold(steps, task, piapiPrice);
  });

  it('goes to the next before it tries one again that asked for patience', async () => {
    const steps = await start();
    const task = await order(steps, { providers: ['piapi', 'cloudsway'] });
    steps.upstream.reply({ status: 429, headers: { 'retry-after': '1' }, body: {} }, aCloudswayJob());

    expect(await submit(steps, task)).toMatchObject({ decision: 'await' });
    expect(providersAsked(steps)).toEqual(['piapi', 'cloudsway']);
  });

  it('goes to the next when the first was switched off since', async () => {
    const steps = await start();
    const providers = new Map([...steps.context.providers].filter(([name]) => name !== 'piapi'));
    const task = await order(steps, { providers: ['piapi', 'cloudsway'] });
    steps.upstream.reply(aCloudswayJob());

    const decision = await submit(steps, task, { ...steps.submitContext, providers });

    expect(decision).toMatchObject({ decision: 'await' });
    expect(providersAsked(steps)).toEqual(['cloudsway']);
  });
});

describe('the only provider of an order, asking for patience', () => {
  const patience = (headers: Record<string, string> = {}): Reply => ({ status: 429, headers, body: {} });
  /** Sleeps when the step says so, as the workflow does. Returns how long each sleep was. */
  async function submitPatiently(steps: Steps, task: Task) {
    const sleeps: number[] = [];
    for (;;) {
      const decision = await submit(steps, task);
      if (decision.decision !== 'queue') return { decision, sleeps };
      sleeps.push(decision.nextLookSeconds);
      steps.clock.advance(decision.nextLookSeconds);
    }
  }

  it('gets the order again after as long as it said', async () => {
    const steps = await start();
    const task = await order(steps, { providers: ['piapi'] });
    steps.upstream.reply(patience({ 'retry-after': '42' }), aPiapiTask());

    const { decision, sleeps } = await submitPatiently(steps, task);

    expect(decision).toMatchObject({ decision: 'await' });
    expect(sleeps).toEqual([42]);
    expect((await read(steps, task)).attempts).toMatchObject([
      { outcome: 'refused', claimedAt: '2026-03-02T10:00:00.000Z' },
      { outcome: 'accepted', claimedAt: secondsAfter('2026-03-02T10:00:00.000Z', 42) },
    ]);
    await expectHold(steps, task, piapiPrice);
  });

  it('gets it at longer and longer distances, ten times, until the task fails for free', async () => {
    const steps = await start();
    const task = await order(steps, { providers: ['piapi'] });
    steps.upstream.reply(...Array.from({ length: 12 }, () => patience()));

    const { decision, sleeps } = await submitPatiently(steps, task);

    expect(decision).toEqual({ decision: 'settle' });
    expect(providersAsked(steps)).toHaveLength(10);
    expect(sleeps).toEqual([15, 30, 60, 120, 240, 480, 600, 600, 600]);
    expect((await read(steps, task)).failure).toMatchObject({ code: 'provider_rate_limited', charged: 'no' });
  });

  it('keeps the other orders waiting, too', async () => {
    const steps = await start();
    const first = await order(steps, { providers: ['piapi'] });
    const second = await order(steps, { providers: ['piapi'] });
    steps.upstream.reply(patience({ 'retry-after': '42' }));
    await submit(steps, first);

    expect(await submit(steps, second)).toMatchObject({ decision: 'queue' });
    expect(providersAsked(steps)).toHaveLength(1);
  });

  it('is not asked again while another provider serves the order', async () => {
    const steps = await start();
    const task = await order(steps);
    steps.upstream.reply(patience(), { status: 401, body: {} }, aPiapiTask());

    const { decision } = await submitPatiently(steps, task);

    expect(decision).toMatchObject({ decision: 'await' });
    expect(providersAsked(steps)).toEqual(['piapi', 'cloudsway', 'piapi']);
    await expectHold(steps, task, piapiPrice);
  });
});

describe('a failover that is disturbed', () => {
  /** What the end says of the provider, the change of offer, and again the end. */
  it.each(everyDeath(3))('sends once and holds right when killed $when write $write', async (death) => {
    const steps = await start();
    const task = await order(steps);
    steps.upstream.reply(broke, aCloudswayJob());
    // Not while it writes to the row: then what could have been sent is never sent again.
    const dying = { ...mortal(steps.submitContext, death), tasks: steps.tasks };
    expect(await untilKilled(submit(steps, task, dying))).toBe('killed');

    expect(await submit(steps, task)).toMatchObject({ decision: 'await' });

    expect(providersAsked(steps)).toEqual(['piapi', 'cloudsway']);
    expect((await read(steps, task)).attempts).toMatchObject([
      { outcome: 'refused' },
      { outcome: 'accepted' },
    ]);
    await expectHold(steps, task, cloudswayPrice);
  });

  it('sends once and holds right when eight workers go on with it', async () => {
    const steps = await start();
    const task = await order(steps);
    steps.upstream.reply(broke, aCloudswayJob());
    await submitToProvider({ taskId: task.id, run: 1 }, steps.submitContext);
    expect((await read(steps, task)).attempts).toMatchObject([{ outcome: 'refused' }]);

    await Promise.all(Array.from({ length: 8 }, () => submit(steps, task)));

    expect(providersAsked(steps)).toEqual(['piapi', 'cloudsway']);
    expect((await read(steps, task)).attempts).toHaveLength(2);
    await expectHold(steps, task, cloudswayPrice);
  });

  it('is not sent, nor its attempts written over, by a worker that slept meanwhile', async () => {
    const steps = await start();
    const task = await order(steps, { providers: ['piapi'] });
    const view = await steps.tasks.getTaskView(task.id);
    const slow = { ...steps.submitContext, tasks: { ...steps.tasks, getTaskView: async () => view } };
    steps.upstream.reply({ status: 429, headers: { 'retry-after': '30' }, body: {} }, aPiapiTask());
    await submit(steps, task);
    steps.clock.advance(30);

    await submitToProvider({ taskId: task.id, run: 1 }, slow);

    expect(providersAsked(steps)).toEqual(['piapi']);
    expect((await read(steps, task)).attempts).toMatchObject([{ number: 1, outcome: 'refused' }]);
  });

  it.each(['the queue', 'its place'])(
    'gives %s back when it moves although its worker died there',
    async (what) => {
      const steps = await start({ PIAPI_LIMITS: '{"concurrent": 1}' });
      const task = await order(steps);
      if (what === 'the queue') await steps.queue.join('piapi', task);
      else await untilKilled(submit(steps, task, mortal(steps.submitContext, { write: 1, when: 'after' })));
      const providers = new Map([...steps.context.providers].filter(([name]) => name !== 'piapi'));
      steps.upstream.reply(aCloudswayJob());

      await submit(steps, task, { ...steps.submitContext, providers });

      expect(await read(steps, task)).toMatchObject({ provider: 'cloudsway', state: 'processing' });
      expect((await steps.standings.get('piapi')).standing.leases).toEqual({});
      expect(await steps.queue.count('piapi')).toBe(0);
    },
  );
});
