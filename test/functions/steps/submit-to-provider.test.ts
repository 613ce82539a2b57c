import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { claimAttempt } from '../../../functions/steps/submit-to-provider/claim-attempt.ts';
import { submitToProvider } from '../../../functions/steps/submit-to-provider/submit-to-provider.ts';
import type { Task } from '../../../shared/domain/task.ts';
import { sha256 } from '../../../shared/ids.ts';
import type { TaskStore } from '../../../shared/storage/task-store.ts';
import { placeTestOrder } from '../../support/orders.ts';
import { aPiapiTask, type Steps, startSteps, submitUntilDecided } from '../../support/steps.ts';

let steps: Steps;
beforeEach(async () => {
  steps = await startSteps();
});
afterEach(() => steps.close());

const submit = (task: Task) => submitToProvider({ taskId: task.id, run: 1 }, steps.submitContext);
const read = async (task: Task) => {
  const found = await steps.tasks.getTask(task.id);
  if (found === undefined) throw new Error('The task is gone');
  return found;
};
const requirePiapi = () => {
  const provider = steps.context.providers.get('piapi');
  if (provider === undefined) throw new Error('piapi is not loaded');
  return provider;
};
const onlyFrom = (provider: string) => ({ request: { providers: [provider] } });
const cloudswayOffer = { provider: 'cloudsway', nativeModel: 'MaaS_HL_Video_t2v', hasCallback: false };
const sentSchema = z.object({
  config: z.object({ webhook_config: z.object({ endpoint: z.string(), secret: z.string() }) }),
});

describe('submitToProvider', () => {
  it('sends the order once, keeps the job and first looks after 150 % when the provider calls back', async () => {
    const task = await placeTestOrder(steps);
    steps.upstream.reply(aPiapiTask());

    expect(await submit(task)).toEqual({ decision: 'await', nextLookSeconds: 270 });

    const { state, attempts } = await read(task);
    expect(state).toBe('processing');
    expect(attempts).toMatchObject([{ provider: 'piapi', outcome: 'accepted', jobId: 'job-1' }]);
    expect(steps.upstream.requests).toHaveLength(1);
  });

  it('first looks when one of twelve jobs is done when the provider must be polled', async () => {
    const task = await placeTestOrder(steps, { offer: cloudswayOffer });
    steps.upstream.reply({ body: { taskId: '1896852590888419329' } });

    expect(await submit(task)).toEqual({ decision: 'await', nextLookSeconds: 109 });
    expect((await read(task)).attempts).toMatchObject([{ jobId: '1896852590888419329' }]);
  });

  it('sends nothing again when it runs a second time', async () => {
    const task = await placeTestOrder(steps);
    steps.upstream.reply(aPiapiTask());
    await submit(task);

    expect(await submit(task)).toMatchObject({ decision: 'await' });
    expect(steps.upstream.requests).toHaveLength(1);
  });

  it('sends one request when eight workers run at once', async () => {
    const task = await placeTestOrder(steps);
    steps.upstream.reply(aPiapiTask());

    await Promise.all(Array.from({ length: 8 }, () => submit(task)));

    expect(steps.upstream.requests).toHaveLength(1);
    expect((await read(task)).attempts).toMatchObject([{ outcome: 'accepted', jobId: 'job-1' }]);
  });

  it('settles a refusal, which costs nothing', async () => {
    const task = await placeTestOrder(steps, onlyFrom('piapi'));
    steps.upstream.reply({ status: 402, body: { code: 402, message: 'insufficient credit' } });

    expect(await submitUntilDecided(task, steps.submitContext)).toEqual({ decision: 'settle' });
    expect((await read(task)).failure).toMatchObject({ code: 'provider_balance', charged: 'no' });
  });

  it.each([
    ['answers 500', { status: 500, body: 'oops' }],
    ['answers 504 in HTML', { status: 504, body: '<html>' }],
    ['answers 200 unreadably', { status: 200, body: 'ok' }],
    ['drops the connection', 'reset' as const],
  ])('does not know, and never sends again, when the provider %s', async (_, reply) => {
    const task = await placeTestOrder(steps);
    steps.upstream.reply(reply);

    expect(await submit(task)).toMatchObject({ decision: 'await' });
    expect(await submit(task)).toMatchObject({ decision: 'await' });

    expect((await read(task)).attempts).toMatchObject([{ outcome: 'unknown' }]);
    expect(steps.upstream.requests).toHaveLength(1);
  });

  it('settles as unreachable when the connection was refused', async () => {
    const task = await placeTestOrder(steps, onlyFrom('piapi'));
    await steps.upstream.close();

    expect(await submitUntilDecided(task, steps.submitContext)).toEqual({ decision: 'settle' });
    expect(await read(task)).toMatchObject({
      failure: { code: 'provider_unreachable', charged: 'no' },
      attempts: [{ outcome: 'not_sent' }],
    });
  });

  it('sends nothing for a claim of another worker, dead or alive', async () => {
    const task = await placeTestOrder(steps);
    await claimAttempt({ task, provider: requirePiapi(), hasLease: false }, steps.submitContext);

    expect(await submit(task)).toEqual({ decision: 'await', nextLookSeconds: 30 });

    expect(await read(task)).toMatchObject({ state: 'submitting', attempts: [{ provider: 'piapi' }] });
    expect(steps.upstream.requests).toHaveLength(0);
  });

  it('sends once when the answer to its claim was lost and the SDK repeated the write', async () => {
    const task = await placeTestOrder(steps);
    steps.upstream.reply(aPiapiTask());
    let lost = 0;
    const transition: TaskStore['transition'] = async (id, change) => {
      const written = await steps.tasks.transition(id, change);
      if (change.to !== 'submitting') return written;
      lost += 1;
      return steps.tasks.transition(id, change);
    };

    const tasks = { ...steps.tasks, transition };
    expect(
      await submitToProvider({ taskId: task.id, run: 1 }, { ...steps.submitContext, tasks }),
    ).toMatchObject({
      decision: 'await',
      nextLookSeconds: 270,
    });
    expect(lost).toBe(1);
    expect(steps.upstream.requests).toHaveLength(1);
  });

  it('does not take a job for its own that another task owns', async () => {
    const first = await placeTestOrder(steps);
    const second = await placeTestOrder(steps);
    steps.upstream.reply(aPiapiTask(), aPiapiTask());

    await submit(first);
    await submit(second);

    const { attempts } = await read(second);
    expect(attempts).toMatchObject([{ outcome: 'unknown' }]);
    expect(attempts[0]?.jobId).toBeUndefined();
  });

  it('keeps the job of a provider that took the order while the table was away for a moment', async () => {
    const task = await placeTestOrder(steps);
    steps.upstream.reply(aPiapiTask());
    let failures = 0;
    const claimJob: TaskStore['claimJob'] = async (...owner) => {
      failures += 1;
      if (failures === 1) throw new Error('The table is away');
      return steps.tasks.claimJob(...owner);
    };

    await submitToProvider(
      { taskId: task.id, run: 1 },
      { ...steps.submitContext, tasks: { ...steps.tasks, claimJob } },
    );

    expect(failures).toBe(2);
    expect((await read(task)).attempts).toMatchObject([{ outcome: 'accepted', jobId: 'job-1' }]);
  });

  it('fails without sending when the provider has no API key', async () => {
    const task = await placeTestOrder(steps, { offer: { provider: 'haiper' }, ...onlyFrom('haiper') });

    expect(await submit(task)).toEqual({ decision: 'settle' });

    expect(await read(task)).toMatchObject({
      failure: { code: 'provider_auth', charged: 'no' },
      attempts: [],
    });
    expect(steps.upstream.requests).toHaveLength(0);
  });

  it('gives up an order that could not be sent for a day', async () => {
    const task = await placeTestOrder(steps);
    steps.clock.advance(24 * 3600 + 1);

    expect(await submit(task)).toEqual({ decision: 'settle' });
    expect((await read(task)).failure).toMatchObject({ code: 'deadline_exceeded', charged: 'no' });
  });

  it('tells the provider a secret that the row keeps only as a hash', async () => {
    const task = await placeTestOrder(steps);
    steps.upstream.reply(aPiapiTask());

    await submit(task);

    const [request] = steps.upstream.requests;
    const { endpoint, secret } = sentSchema.parse(JSON.parse(request?.body ?? '')).config.webhook_config;
    const pathSecret = endpoint.split('/').at(-1) ?? '';
    expect(endpoint).toBe(`http://127.0.0.1:3000/callbacks/piapi/${task.id}/1/${pathSecret}`);
    expect(pathSecret).toHaveLength(43);
    expect(secret).not.toBe(pathSecret);
    expect((await read(task)).attempts[0]?.callbackSecretHash).toBe(sha256(pathSecret));
  });

  it('sends links to stored images that it makes at that moment', async () => {
    const facts = { format: 'png' as const, bytes: 9, width: 400, height: 400 };
    const task = await placeTestOrder(steps, {
      offer: { operation: 'i2v', nativeModel: 'i2v-01' },
      request: { firstFrameImage: { kind: 'stored', key: 'inputs/acme/a.png', facts } },
    });
    steps.upstream.reply(aPiapiTask());

    await submit(task);

    expect(steps.upstream.requests[0]?.body).toContain('https://bucket.example.com/inputs/acme/a.png?signed');
  });
});
