import OpenAI from 'openai';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { deliverWebhook } from '../../../functions/steps/deliver-webhook/deliver-webhook.ts';
import { secondsAfter, secondsBetween } from '../../../shared/clock.ts';
import { newWebhookSecret } from '../../../shared/ids.ts';
import { createSafePost, type SafePost } from '../../../shared/media/safe-post.ts';
import { createDeliveries, type Deliveries } from '../../support/deliveries.ts';
import { startTables, type Tables } from '../../support/tables.ts';
import { atTime, verifyWebhook } from '../../support/verify-webhook.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../../support/webhook-receiver.ts';

let tables: Tables;
let receiver: WebhookReceiver;
let deliveries: Deliveries;
beforeAll(async () => {
  tables = await startTables();
  receiver = await startWebhookReceiver();
});
afterAll(() => Promise.all([tables.close(), receiver.close()]));
beforeEach(() => {
  receiver.received.length = 0;
  receiver.answerWith({ status: 200 });
  deliveries = createDeliveries(tables, receiver);
});

const secret = newWebhookSecret();
const hook = () => ({ url: `${receiver.url}/hook?token=t`, secret });
/** A delivery to the webhook of an order, not yet begun. */
const start = async () => deliveries.announce(await deliveries.placeEnded(hook()));

const bodies = () => receiver.received.map(({ body }) => JSON.parse(body));
const signaturesOf = (position: number) =>
  (receiver.received[position]?.headers['webhook-signature'] ?? '').split(' ');
const requireReceived = (position = 0) => {
  const webhook = receiver.received[position];
  if (webhook === undefined) throw new Error(`There is no webhook ${position}`);
  return webhook;
};

describe('a delivery', () => {
  it.each([
    ['completed', 'video.completed', 'completed'],
    ['failed', 'video.failed', 'failed'],
    ['canceled', 'video.canceled', 'failed'],
  ] as const)('of a task that is %s tells %s with the video', async (state, type, status) => {
    const view = await deliveries.placeEnded(hook(), state);
    const input = await deliveries.announce(view);

    await deliveries.deliver(input);

    const event = await verifyWebhook(requireReceived(), secret, deliveries.clock.now());
    const data = { id: `video_${view.task.id}`, object: 'video', status, gateway: { state } };
    expect(event).toMatchObject({ id: input.deliveryId, type, timestamp: view.task.completedAt, data });
    expect(await deliveries.read(input.deliveryId)).toMatchObject({ status: 'delivered', attempts: 1 });
  });

  it('is refused by who checks it with another secret, or finds another body', async () => {
    await deliveries.deliver(await start());

    const now = deliveries.clock.now();
    await expect(verifyWebhook(requireReceived(), newWebhookSecret(), now)).rejects.toThrow('signature');
    const forged = { ...requireReceived(), body: requireReceived().body.replace('completed', 'failed') };
    await expect(verifyWebhook(forged, secret, now)).rejects.toThrow('signature');
  });

  it("is unwrapped by OpenAI's client", async () => {
    const view = await deliveries.placeEnded(hook());
    await deliveries.deliver(await deliveries.announce(view));

    const { webhooks } = new OpenAI({ apiKey: 'none', webhookSecret: secret });
    const { body, headers } = requireReceived();
    const event = await atTime(deliveries.clock.now(), () => webhooks.unwrap(body, { ...headers }));
    expect(event).toMatchObject({ object: 'event', type: 'video.completed' });
    expect(event).toEqual(await verifyWebhook(requireReceived(), secret, deliveries.clock.now()));
  });

  it('is too old for its receiver after five minutes', async () => {
    await deliveries.deliver(await start());

    const later = new Date(deliveries.clock.now().getTime() + 301_000);
    await expect(verifyWebhook(requireReceived(), secret, later)).rejects.toThrow('too old');
  });

  it('keeps its id over all attempts, with a new time and signature each', async () => {
    receiver.answerWith({ status: 500 });
    const input = await start();
    await deliveries.deliver(input);

    const ids = receiver.received.map(({ headers }) => headers['webhook-id']);
    expect(new Set(ids)).toEqual(new Set([input.deliveryId]));
    const times = receiver.received.map(({ headers }) => headers['webhook-timestamp']);
    expect(new Set(times).size).toBe(10);
    expect(new Set(receiver.received.map((_, position) => signaturesOf(position)[0])).size).toBe(10);
  });

  it.each([
    [
      { status: 500, body: 'broken' },
      { status: 500, body: 'broken', error: 'It answered 500' },
    ],
    [{ status: 404 }, { status: 404, error: 'It answered 404' }],
    [
      { status: 302, headers: { location: 'https://elsewhere.example/x?token=y' } },
      { status: 302, error: expect.stringMatching(/redirect towards elsewhere\.example; redirects are not/) },
    ],
  ])('that is answered with %j is tried again, and keeps why', async (reply, answer) => {
    receiver.answerWith(reply);
    const input = await start();

    expect(await deliverWebhook(input, deliveries.context)).toEqual({ decision: 'wait', waitSeconds: 5 });

    expect(await deliveries.read(input.deliveryId)).toMatchObject({ status: 'pending', lastAnswer: answer });
    expect(JSON.stringify(await deliveries.read(input.deliveryId))).not.toContain('token');
    receiver.answerWith({ status: 204 });
    deliveries.clock.advance(5);
    await deliveries.deliver(input);
    expect(await deliveries.read(input.deliveryId)).toMatchObject({ status: 'delivered', attempts: 2 });
  });

  it('that is answered with 410 is given up', async () => {
    receiver.answerWith({ status: 410 });
    const input = await start();

    expect(await deliverWebhook(input, deliveries.context)).toEqual({ decision: 'done' });

    const error = 'It answered 410';
    const given = { status: 'failed', attempts: 1, lastAnswer: { status: 410, error } };
    expect(await deliveries.read(input.deliveryId)).toMatchObject(given);
  });

  it('that is not answered is tried again', async () => {
    receiver.answerWith('hang');
    const post = createSafePost({ trustedOrigins: [receiver.url], timeoutMs: 100 });
    const input = await start();

    const decision = await deliverWebhook(input, { ...deliveries.context, post });

    expect(decision).toEqual({ decision: 'wait', waitSeconds: 5 });
    const error = '127.0.0.1 took longer than 0.1 s';
    expect(await deliveries.read(input.deliveryId)).toMatchObject({ lastAnswer: { error } });
  });

  it('keeps 500 characters of a long answer', async () => {
    receiver.answerWith({ status: 200, body: 'a'.repeat(1_000_000) });
    const input = await start();
    await deliveries.deliver(input);

    const { lastAnswer, status } = await deliveries.read(input.deliveryId);
    expect([status, lastAnswer?.body]).toEqual(['delivered', `${'a'.repeat(500)}…`]);
  });

  it.each([
    ['http://192.168.0.1/hook', 'only https:// is fetched'],
    ['https://169.254.169.254/latest', 'is not on the public internet'],
    ['https://localhost/hook', 'is not on the public internet'],
  ])('to %s is not sent', async (url, error) => {
    const input = await deliveries.announce(await deliveries.placeEnded({ url, secret }));

    await deliverWebhook(input, deliveries.context);

    const { lastAnswer } = await deliveries.read(input.deliveryId);
    expect(lastAnswer).toEqual({ at: expect.any(String), error: expect.stringContaining(error) });
  });
});

describe('the schedule of a delivery', () => {
  it.each([
    [0, 0.9],
    [0.5, 1],
    [1, 1.1],
  ])(
    'with the jitter %d makes nine attempts in 26 hours and the tenth after 48 hours or later',
    async (random, factor) => {
      receiver.answerWith({ status: 503 });
      const input = await start();

      const moments = await deliveries.deliver(input, { random: () => random });

      expect(receiver.received).toHaveLength(10);
      const pauses = moments.slice(1).map((at, index) => secondsBetween(moments[index] ?? at, at));
      const planned = [5, 30, 120, 600, 1800, 7200, 21_600, 50_400, 111_600];
      expect(pauses).toEqual(planned.map((seconds) => Math.round(seconds * factor)));
      const ninth = moments[8] ?? new Date(0);
      expect(secondsBetween(moments[0] ?? ninth, ninth)).toBeLessThan(26 * 3600);
      const tenth = moments[9] ?? new Date(0);
      expect(secondsBetween(moments[0] ?? tenth, tenth)).toBeGreaterThanOrEqual(48 * 3600);
      const over = await deliveries.read(input.deliveryId);
      expect(over).toMatchObject({ status: 'failed', attempts: 10, lastAnswer: { status: 503 } });
      expect(over.nextAttemptAt).toBeUndefined();
    },
  );

  it.each([
    ['120', 120],
    ['1', 5],
    ['Mon, 02 Mar 2026 11:00:00 GMT', 3600],
    ['Mon, 02 Mar 2026 09:00:00 GMT', 5],
    ['999999', 86_400],
    ['soon', 5],
    ['-1', 5],
  ])('heeds "Retry-After: %s" with a pause of %d seconds', async (retryAfter, waitSeconds) => {
    receiver.answerWith({ status: 429, headers: { 'retry-after': retryAfter } });

    expect(await deliverWebhook(await start(), deliveries.context)).toEqual({
      decision: 'wait',
      waitSeconds,
    });
  });

  it('sends nothing sooner when a step runs twice', async () => {
    receiver.answerWith({ status: 500 });
    const input = await start();
    await deliverWebhook(input, deliveries.context);
    deliveries.clock.advance(2);

    expect(await deliverWebhook(input, deliveries.context)).toEqual({ decision: 'wait', waitSeconds: 3 });
    expect(receiver.received).toHaveLength(1);
  });

  it('counts an attempt once when two steps of a run meet', async () => {
    const input = await start();
    const store = deliveries.context.deliveries;
    const read = Promise.withResolvers<void>();
    let reads = 0;
    const get: typeof store.get = async (...key) => {
      const delivery = await store.get(...key);
      reads += 1;
      if (reads === 2) read.resolve();
      await read.promise;
      return delivery;
    };
    const context = { ...deliveries.context, deliveries: { ...store, get } };
    const both = await Promise.allSettled([deliverWebhook(input, context), deliverWebhook(input, context)]);

    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(receiver.received).toHaveLength(1);
    expect(await deliveries.read(input.deliveryId)).toMatchObject({ status: 'delivered', attempts: 1 });
  });
});

describe('an endpoint', () => {
  it('that answers 410 is disabled at once, and gets nothing more', async () => {
    const endpoint = await deliveries.addEndpoint();
    const other = await deliveries.addEndpoint();
    receiver.answerWith({ status: 410 });
    const input = await deliveries.announce(await deliveries.placeEnded());

    await deliveries.deliver(input);

    expect(await deliveries.read(input.deliveryId)).toMatchObject({ status: 'failed', attempts: 1 });
    expect(await deliveries.webhooks.endpoints.list(deliveries.account)).toEqual([
      { ...endpoint, isEnabled: false, disabledReason: 'It answered 410 Gone' },
      other,
    ]);
    receiver.received.length = 0;
    receiver.answerWith({ status: 200 });
    const next = await deliveries.announce(await deliveries.placeEnded());
    await deliveries.deliver(next);
    expect((await deliveries.read(next.deliveryId)).receiver).toMatchObject({ endpointId: other.id });
  });

  it('that moved while its old address answered 410 stays enabled, and gets the next attempt', async () => {
    const endpoint = await deliveries.addEndpoint();
    const moved = { ...endpoint, url: `${receiver.url}/moved` };
    receiver.answerWith({ status: 410 });
    const input = await deliveries.announce(await deliveries.placeEnded());
    const post: SafePost = async (...letter) => {
      const answer = await deliveries.context.post(...letter);
      await deliveries.webhooks.endpoints.change(deliveries.account, () => [moved]);
      return answer;
    };
    await deliverWebhook(input, { ...deliveries.context, post });

    expect(await deliveries.webhooks.endpoints.list(deliveries.account)).toEqual([moved]);
    receiver.answerWith({ status: 200 });
    deliveries.clock.advance(5);
    await deliveries.deliver(input);
    expect(receiver.received.map(({ path }) => path)).toEqual(['/endpoint', '/moved']);
    expect(await deliveries.read(input.deliveryId)).toMatchObject({ status: 'delivered', attempts: 2 });
  });

  it.each([
    ['disabled by its customer', [{ isEnabled: false }] as const],
    ['deleted', [] as const],
  ])('that was %s while it answered 410 is left as it is', async (_, changes) => {
    const endpoint = await deliveries.addEndpoint();
    const changed = changes.map((change) => ({ ...endpoint, ...change }));
    receiver.answerWith({ status: 410 });
    const input = await deliveries.announce(await deliveries.placeEnded());
    const post: SafePost = async (...letter) => {
      const answer = await deliveries.context.post(...letter);
      await deliveries.webhooks.endpoints.change(deliveries.account, () => changed);
      return answer;
    };

    await deliverWebhook(input, { ...deliveries.context, post });

    expect(await deliveries.webhooks.endpoints.list(deliveries.account)).toEqual(changed);
    expect(await deliveries.read(input.deliveryId)).toMatchObject({ status: 'failed', attempts: 1 });
  });

  it('whose secret was rotated gets two signatures for a day, then one', async () => {
    const old = newWebhookSecret();
    const until = secondsAfter(deliveries.clock.now(), 86_400);
    await deliveries.addEndpoint({ secret, oldSecrets: [{ secret: old, until }] });
    await deliveries.deliver(await deliveries.announce(await deliveries.placeEnded()));

    for (const valid of [secret, old]) await verifyWebhook(requireReceived(), valid, deliveries.clock.now());
    expect(signaturesOf(0)).toHaveLength(2);
    deliveries.clock.advance(86_400);
    await deliveries.deliver(await deliveries.announce(await deliveries.placeEnded()));
    expect(signaturesOf(1)).toHaveLength(1);
    await expect(verifyWebhook(requireReceived(1), old, deliveries.clock.now())).rejects.toThrow();
  });

  it('whose address was changed gets the next attempt there', async () => {
    const endpoint = await deliveries.addEndpoint();
    receiver.answerWith({ status: 500 });
    const input = await deliveries.announce(await deliveries.placeEnded());
    await deliverWebhook(input, deliveries.context);
    await deliveries.webhooks.endpoints.change(deliveries.account, () => [
      { ...endpoint, url: `${receiver.url}/moved` },
    ]);
    receiver.answerWith({ status: 200 });

    deliveries.clock.advance(5);
    await deliveries.deliver(input);

    expect(receiver.received.map(({ path }) => path)).toEqual(['/endpoint', '/moved']);
  });

  it.each([
    ['deleted', [] as const, 'The endpoint was deleted'],
    ['disabled', [{ isEnabled: false }] as const, 'The endpoint is disabled'],
  ])('that was %s meanwhile gets nothing', async (_, changes, reason) => {
    const endpoint = await deliveries.addEndpoint();
    const input = await deliveries.announce(await deliveries.placeEnded());
    const changed = changes.map((change) => ({ ...endpoint, ...change }));
    await deliveries.webhooks.endpoints.change(deliveries.account, () => changed);

    await deliveries.deliver(input);

    expect(receiver.received).toEqual([]);
    expect(await deliveries.read(input.deliveryId)).toMatchObject({ status: 'dropped', reason, attempts: 0 });
  });
});

describe('a delivery about a video', () => {
  it('that was deleted meanwhile is dropped', async () => {
    const view = await deliveries.placeEnded(hook());
    const input = await deliveries.announce(view);
    const deletedAt = deliveries.clock.now().toISOString();
    await tables.tasks.amendTerminal(view.task.id, { set: { deletedAt } });

    await deliveries.deliver(input);

    expect(receiver.received).toEqual([]);
    expect(await deliveries.read(input.deliveryId)).toMatchObject({
      status: 'dropped',
      reason: 'The video was deleted',
    });
  });

  it('that was published after it failed is dropped, and its completion is told', async () => {
    const view = await deliveries.placeEnded(hook(), 'failed');
    const failed = await deliveries.announce(view);
    deliveries.clock.advance(60);
    const completedAt = deliveries.clock.now().toISOString();
    const published = await tables.tasks.amendTerminal(view.task.id, {
      set: { state: 'completed', completedAt },
    });
    if (published === 'stale') throw new Error('The task is not as it was');

    const completed = await deliveries.announce({ ...view, task: published });
    for (const input of [failed, completed]) await deliveries.deliver(input);

    expect(bodies().map(({ type }) => type)).toEqual(['video.completed']);
    expect(await deliveries.read(failed.deliveryId)).toMatchObject({
      status: 'dropped',
      reason: 'The video is completed since',
    });
  });
});

describe('the callback of a door', () => {
  it("tells the end in PiAPI's words, with its secret in a header", async () => {
    const webhook = { url: `${receiver.url}/piapi`, secret: 'shh', dialect: 'piapi' };
    const view = await deliveries.placeEnded(webhook);
    const input = await deliveries.announce(view);

    await deliveries.deliver(input);

    expect(bodies()).toMatchObject([
      {
        timestamp: Math.floor(deliveries.clock.now().getTime() / 1000),
        data: { status: 'completed', config: { webhook_config: { endpoint: webhook.url, secret: 'shh' } } },
      },
    ]);
    const { headers } = requireReceived();
    expect(headers).toMatchObject({ 'x-webhook-secret': 'shh', 'webhook-id': input.deliveryId });
    expect(headers).not.toHaveProperty('webhook-signature');
  });

  it('may go by plain http, as its document has it, but to no private address', async () => {
    const webhook = { url: 'http://192.168.0.1/hook', dialect: 'piapi' };
    const input = await deliveries.announce(await deliveries.placeEnded(webhook));

    await deliverWebhook(input, deliveries.context);

    const { lastAnswer } = await deliveries.read(input.deliveryId);
    expect(lastAnswer?.error).toMatch('192.168.0.1 is not on the public internet');
  });

  it('tells of a canceled task as of one that failed', async () => {
    const view = await deliveries.placeEnded({ url: `${receiver.url}/piapi`, dialect: 'piapi' }, 'canceled');
    await deliveries.deliver(await deliveries.announce(view));

    expect(bodies()).toMatchObject([{ data: { status: 'failed', error: { raw_message: 'Failed' } } }]);
  });

  it('tells of no video that has expired: its client would find no task', async () => {
    const view = await deliveries.placeEnded({ url: receiver.url, dialect: 'piapi' });
    const input = await deliveries.announce(view);
    deliveries.clock.advance(86_400);

    await deliveries.deliver(input);

    const dropped = { status: 'dropped', reason: 'The video has expired' };
    expect(await deliveries.read(input.deliveryId)).toMatchObject(dropped);
    expect(receiver.received).toEqual([]);
  });
});

describe('a replay', () => {
  const replay = (input: {
    readonly account: string;
    readonly deliveryId: string;
    readonly run: number;
  }) => ({
    ...input,
    run: input.run + 1,
  });

  it('sends the same message again, with attempts of its own', async () => {
    const input = await start();
    await deliveries.deliver(input);
    receiver.answerWith({ status: 500 });
    deliveries.clock.advance(3600);

    await deliveries.deliver(replay(input));

    expect(receiver.received).toHaveLength(11);
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(await deliveries.read(input.deliveryId)).toMatchObject({ status: 'failed', run: 2, attempts: 10 });
  });

  it('takes over from a run that waits, which ends when it wakes', async () => {
    receiver.answerWith({ status: 500 });
    const input = await start();
    await deliverWebhook(input, deliveries.context);
    receiver.answerWith({ status: 200 });

    await deliveries.deliver(replay(input));

    expect(await deliveries.read(input.deliveryId)).toMatchObject({ status: 'delivered', run: 2 });
    deliveries.clock.advance(5);
    expect(await deliverWebhook(input, deliveries.context)).toEqual({ decision: 'done' });
    expect(receiver.received).toHaveLength(2);
  });

  it('is nothing for a delivery that its time has removed', async () => {
    const input = { account: deliveries.account, deliveryId: `msg_${'0'.repeat(36)}`, run: 2 };
    expect(await deliverWebhook(input, deliveries.context)).toEqual({ decision: 'done' });
  });
});
