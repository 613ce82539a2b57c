import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { secondsAfter } from '../../../shared/clock.ts';
import { type FollowUpContext, finishFollowUps } from '../../../shared/ordering/follow-ups.ts';
import { createMediaStore, createS3Client, type MediaStore } from '../../../shared/storage/media-store.ts';
import { createDeliveries, type Deliveries } from '../../support/deliveries.ts';
import { type Limits, startLimits } from '../../support/limits.ts';
import { everyDeath, mortalAnnouncement, untilKilled } from '../../support/mortal.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../../support/webhook-receiver.ts';

let limits: Limits;
let receiver: WebhookReceiver;
let media: MediaStore;
let deliveries: Deliveries;
let context: FollowUpContext;
beforeAll(async () => {
  limits = await startLimits({});
  receiver = await startWebhookReceiver();
  // Nothing here has files.
  media = createMediaStore({ client: createS3Client(), bucket: 'media' });
});
afterAll(() => Promise.all([limits.close(), receiver.close()]));
beforeEach(() => {
  deliveries = createDeliveries(limits, receiver);
  const { clock, webhooks } = deliveries;
  context = {
    ...limits.context,
    providers: new Map(),
    media,
    publicUrl: 'https://conch.test',
    clock,
    webhooks,
  };
});

const webhook = { url: 'https://hooks.example.com/done' };
const told = async () => {
  const { account } = deliveries;
  return (await deliveries.webhooks.deliveries.list({ account, limit: 100 })).deliveries;
};

/** A task that ended and is to be told of. */
async function placeTold(changes: object = {}) {
  const view = await deliveries.placeEnded(webhook);
  const nextDueAt = deliveries.clock.now().toISOString();
  const task = await limits.tasks.amendTerminal(view.task.id, {
    set: { followUps: ['webhook'], nextDueAt, ...changes },
  });
  if (task === 'stale') throw new Error('The task is not as it was');
  return { ...view, task };
}

const followUpsOf = async (id: string) => (await limits.tasks.getTask(id))?.followUps;

describe('announceEnd', () => {
  it('starts one delivery for each receiver that wants the event, however often it is done', async () => {
    const all = await deliveries.addEndpoint();
    await deliveries.addEndpoint({ events: ['video.failed'] });
    await deliveries.addEndpoint({ isEnabled: false });
    const view = await placeTold();

    await deliveries.announce(view);
    await deliveries.announce(view);

    expect((await told()).map(({ receiver: to }) => to)).toEqual(
      expect.arrayContaining([{ kind: 'order' }, { kind: 'endpoint', endpointId: all.id }]),
    );
    expect(await told()).toHaveLength(2);
    expect(new Set(deliveries.started.map(({ deliveryId }) => deliveryId)).size).toBe(2);
  });

  it('tells an order of nothing but the events that it names', async () => {
    const view = await deliveries.placeEnded({ ...webhook, events: ['video.failed'] });

    await expect(deliveries.announce(view)).rejects.toThrow('Nobody is told');
  });

  it('tells nobody of a video that was deleted', async () => {
    await deliveries.addEndpoint();
    const view = await placeTold({ deletedAt: deliveries.clock.now().toISOString() });

    await finishFollowUps(view.task.id, context);

    expect(deliveries.started).toEqual([]);
    expect(await followUpsOf(view.task.id)).toEqual([]);
  });

  it('forgets a delivery 30 days after the event', async () => {
    const { deliveryId } = await deliveries.announce(await placeTold());

    const { occurredAt, expireAtSeconds } = await deliveries.read(deliveryId);
    expect(expireAtSeconds).toBe(Date.parse(secondsAfter(occurredAt, 30 * 86_400)) / 1000);
  });
});

describe('the follow-up webhook', () => {
  /** A row and an execution for each of two receivers, and the follow-up that is cleared. */
  it.each(everyDeath(5))('is done by the next one after a worker died $when write $write', async (death) => {
    await deliveries.addEndpoint();
    const { task } = await placeTold();

    expect(await untilKilled(finishFollowUps(task.id, mortalAnnouncement(context, death)))).toBe('killed');
    await finishFollowUps(task.id, context);

    expect(await followUpsOf(task.id)).toEqual([]);
    const ids = (await told()).map(({ id }) => id).sort();
    expect(ids).toHaveLength(2);
    expect([...new Set(deliveries.started.map(({ deliveryId }) => deliveryId))].sort()).toEqual(ids);
  });

  it('that cannot be done keeps no other waiting, and is left for five minutes later', async () => {
    const { task } = await placeTold({ followUps: ['webhook', 'lease'] });
    const startDelivery = () => Promise.reject(new Error('Step Functions is down'));
    const broken = { ...context, webhooks: { ...context.webhooks, startDelivery } };

    expect(await finishFollowUps(task.id, broken)).toBe(true);

    expect(await limits.tasks.getTask(task.id)).toMatchObject({
      followUps: ['webhook'],
      nextDueAt: secondsAfter(deliveries.clock.now(), 300),
    });
    await finishFollowUps(task.id, context);
    expect([deliveries.started.length, await followUpsOf(task.id)]).toEqual([1, []]);
  });
});

describe('a budget', () => {
  const book = (committedMicroUsd: number) => deliveries.bookMonth(committedMicroUsd);
  const thresholds = async () =>
    (await told()).flatMap(({ budgetUse }) => budgetUse?.thresholdPercent ?? []).sort((a, b) => a - b);

  beforeEach(async () => {
    await limits.accounts.createAccount(deliveries.account, deliveries.clock.now(), {
      monthlyMicroUsd: 10_000_000,
    });
    await deliveries.addEndpoint({ events: ['budget.threshold'] });
  });

  it('is told of at 50, 80 and 100 percent, once each', async () => {
    const steps: [number, number[]][] = [
      [4_900_000, []],
      [5_000_000, [50]],
      [7_900_000, [50]],
      [10_000_000, [50, 80, 100]],
      [10_000_000, [50, 80, 100]],
    ];
    const views = await Promise.all(steps.map(() => placeTold()));
    for (const [[used, expected], view] of steps.map((step, index) => [step, views[index]] as const)) {
      await book(used);
      deliveries.clock.advance(60);
      await finishFollowUps(view?.task.id ?? '', context);
      expect(await thresholds()).toEqual(expected);
    }
  });

  it('is told of with how it stood', async () => {
    const view = await placeTold();
    await book(8_000_000);
    await finishFollowUps(view.task.id, context);

    const [delivery] = (await told()).filter(({ budgetUse }) => budgetUse?.thresholdPercent === 80);
    receiver.received.length = 0;
    await deliveries.deliver({ account: deliveries.account, deliveryId: delivery?.id ?? '', run: 1 });
    expect(receiver.received.map(({ body }) => JSON.parse(body))).toMatchObject([
      {
        type: 'budget.threshold',
        data: {
          id: 'budget_2026-03_80',
          period: 'month',
          span: '2026-03',
          threshold_percent: 80,
          budget: '10.00',
          used: '8.00',
        },
      },
    ]);
  });

  /** A mark, a row, an execution and another mark, and the row and the execution of the order's own webhook. */
  it.each(everyDeath(7))('is told of once after a worker died $when write $write', async (death) => {
    const view = await placeTold();
    await book(5_000_000);
    const dying = finishFollowUps(view.task.id, mortalAnnouncement(context, death));
    expect(await untilKilled(dying)).toBe('killed');
    deliveries.clock.advance(60);

    await finishFollowUps(view.task.id, context);

    expect(await thresholds()).toEqual([50]);
    const [delivery] = (await told()).filter(({ type }) => type === 'budget.threshold');
    expect(deliveries.started).toContainEqual({
      account: deliveries.account,
      deliveryId: delivery?.id,
      run: 1,
    });
  });

  it('is not told of to an endpoint that is made only afterwards', async () => {
    const view = await placeTold();
    await book(8_000_000);
    await finishFollowUps(view.task.id, context);
    await deliveries.addEndpoint({ events: ['budget.threshold'] });
    const next = await placeTold();

    await finishFollowUps(next.task.id, context);

    expect(await thresholds()).toEqual([50, 80]);
  });

  it('of 0, or none, is not told of', async () => {
    const view = await placeTold();
    await limits.accounts.changeAccount(deliveries.account, { monthly: 0 });
    await finishFollowUps(view.task.id, context);

    expect(await thresholds()).toEqual([]);
  });
});
