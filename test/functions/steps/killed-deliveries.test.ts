import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { deliverWebhook } from '../../../functions/steps/deliver-webhook/deliver-webhook.ts';
import type { DeliveryInput } from '../../../shared/domain/webhook.ts';
import { createDeliveries, type Deliveries } from '../../support/deliveries.ts';
import { everyDeath, mortalDelivery, untilKilled } from '../../support/mortal.ts';
import { startTables, type Tables } from '../../support/tables.ts';
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

const start = async () => {
  await deliveries.addEndpoint();
  return deliveries.announce(await deliveries.placeEnded());
};

/** Dies once, comes back two seconds later, and goes on to the end. */
async function deliverDying(input: DeliveryInput, death: Parameters<typeof mortalDelivery>[1]) {
  expect(await untilKilled(deliverWebhook(input, mortalDelivery(deliveries.context, death)))).toBe('killed');
  deliveries.clock.advance(2);
  return deliveries.deliver(input);
}

describe('a delivery whose worker dies', () => {
  it.each(everyDeath(3))('$when write $write arrives, at most twice and under one id', async (death) => {
    const input = await start();

    await deliverDying(input, death);

    const { status, attempts } = await deliveries.read(input.deliveryId);
    expect(status).toBe('delivered');
    expect(attempts).toBeGreaterThanOrEqual(receiver.received.length);
    expect([1, 2]).toContain(receiver.received.length);
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id']))).toEqual(
      new Set([input.deliveryId]),
    );
  });

  it.each(everyDeath(4))('$when write $write of a 410 disables the endpoint', async (death) => {
    receiver.answerWith({ status: 410 });
    const input = await start();

    await deliverDying(input, death);

    expect(await deliveries.webhooks.endpoints.list(deliveries.account)).toMatchObject([
      { isEnabled: false },
    ]);
    expect((await deliveries.read(input.deliveryId)).status).toMatch(/^(failed|dropped)$/);
  });

  it.each(everyDeath(3))('$when write $write of each attempt is given up after ten', async (death) => {
    receiver.answerWith({ status: 500 });
    const input = await start();

    for (let runs = 0; runs < 40; runs += 1) {
      await untilKilled(deliverWebhook(input, mortalDelivery(deliveries.context, death)));
      deliveries.clock.advance(86_400);
    }
    await deliveries.deliver(input);

    const { status, attempts } = await deliveries.read(input.deliveryId);
    expect([status, attempts]).toEqual(['failed', 10]);
    expect(receiver.received.length).toBeLessThanOrEqual(10);
  });

  it.each(everyDeath(1))('$when the write that begins a replay is sent once more', async (death) => {
    const input = await start();
    await deliveries.deliver(input);

    await deliverDying({ ...input, run: 2 }, death);

    expect(receiver.received).toHaveLength(2);
    expect(await deliveries.read(input.deliveryId)).toMatchObject({
      status: 'delivered',
      run: 2,
      attempts: 1,
    });
  });
});
