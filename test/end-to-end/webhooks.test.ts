import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { secondsAfter, secondsBetween } from '../../shared/clock.ts';
import type { Task } from '../../shared/domain/task.ts';
import { toVideoId } from '../../shared/ids.ts';
import { readAnyId } from '../../shared/providers/id-forms.ts';
import { type InProcessGateway, startInProcessGateway } from '../support/in-process-gateway.ts';
import { verifyWebhook } from '../support/verify-webhook.ts';
import {
  type ReceivedWebhook,
  startWebhookReceiver,
  type WebhookReceiver,
} from '../support/webhook-receiver.ts';

const endpointSchema = z.object({ id: z.string(), secret: z.string() });
const deliveriesSchema = z.object({
  data: z.array(z.looseObject({ id: z.string(), status: z.string(), attempts: z.number() })),
});
const acceptedSchema = z.object({ id: z.string(), webhook: z.object({ secret: z.string() }).optional() });

let gateway: InProcessGateway;
let receiver: WebhookReceiver;
beforeAll(async () => {
  receiver = await startWebhookReceiver();
  gateway = await startInProcessGateway({
    jobSeconds: 180,
    videoBytes: 100_000,
    trustedOrigins: [receiver.url],
  });
});
afterAll(() => Promise.all([gateway.close(), receiver.close()]));
beforeEach(() => {
  receiver.received.length = 0;
  receiver.answerWith({ status: 200 });
});

const call = (method: string, path: string, json?: unknown) =>
  gateway.call({ method, path, ...(json !== undefined && { json }) });

async function order(fields: object) {
  const json = { prompt: 'A lighthouse at dusk', model: 'hailuo-01', provider: 'piapi', ...fields };
  return acceptedSchema.parse((await call('POST', '/v1/videos', json)).body);
}

const received = (position = 0) => {
  const webhook = receiver.received[position];
  if (webhook === undefined) throw new Error(`There is no webhook ${position}`);
  return webhook;
};

describe('a webhook of an order', () => {
  it('is told of the video in a message that its secret verifies', async () => {
    const { id, webhook } = await order({ webhook: { url: `${receiver.url}/hook` } });
    await gateway.runToEnd();

    expect(receiver.received.map(({ path }) => path)).toEqual(['/hook']);
    const event = await verifyWebhook(received(), webhook?.secret ?? '', gateway.clock.now());
    const video = (await call('GET', `/v1/videos/${id}`)).body;
    expect(event).toMatchObject({
      id: received().headers['webhook-id'],
      type: 'video.completed',
      data: video,
    });
  });
});

/** Cancels when so many seconds have passed, and lets everything run to its end. */
async function cancelAfter(seconds: number, videoId: string): Promise<void> {
  const at = new Date(secondsAfter(gateway.clock.now(), seconds));
  gateway.clock.schedule(at, () => void call('POST', `/v1/videos/${videoId}/cancel`));
  await gateway.runToEnd();
}

describe('a webhook of a job that its provider canceled', () => {
  it('is told of the cancel once', async () => {
    const { id, webhook } = await order({ webhook: { url: receiver.url }, prompt: 'Canceled at work' });
    await cancelAfter(20, id);

    expect((await gateway.readTask(id)).attempts).toMatchObject([{ outcome: 'accepted' }]);
    expect(receiver.received).toHaveLength(1);
    expect(await verifyWebhook(received(), webhook?.secret ?? '', sentAt(received()))).toMatchObject({
      type: 'video.canceled',
      data: { id, status: 'failed', gateway: { state: 'canceled' } },
    });
  });

  it("is told of it in a dialect's words, as of a failure", async () => {
    const { body } = await call('POST', '/api/v1/task', {
      model: 'hailuo',
      task_type: 'video_generation',
      input: { model: 't2v-01', prompt: 'Canceled behind a door' },
      config: { webhook_config: { endpoint: `${receiver.url}/piapi`, secret: 'shh' } },
    });
    const { task_id } = z.object({ data: z.object({ task_id: z.string() }) }).parse(body).data;
    await cancelAfter(20, toVideoId(readAnyId(task_id) ?? ''));

    const { headers, body: message } = received();
    expect([receiver.received.length, headers['x-webhook-secret']]).toEqual([1, 'shh']);
    const shown = z
      .object({ data: z.looseObject({}) })
      .parse((await call('GET', `/api/v1/task/${task_id}`)).body);
    expect(JSON.parse(message)).toMatchObject({ data: { ...shown.data, task_id, status: 'failed' } });
  });
});

const sentAt = ({ headers }: ReceivedWebhook) => new Date(Number(headers['webhook-timestamp']) * 1000);
const deliveriesOf = async (videoId: string) =>
  deliveriesSchema.parse((await call('GET', `/v1/webhook_deliveries?video_id=${videoId}`)).body).data;

describe('an endpoint of an account', () => {
  it('is told of a completed, a failed and a canceled video, until it is deleted', async () => {
    const made = (await call('POST', '/v1/webhook_endpoints', { url: receiver.url })).body;
    const endpoint = endpointSchema.parse(made);
    gateway.simulated.get('piapi')?.setFaults([{ kind: 'moderate', promptIncludes: 'To fail' }]);
    const canceled = await order({ prompt: 'To be canceled' });
    await call('POST', `/v1/videos/${canceled.id}/cancel`);
    const completed = await order({});
    const failed = await order({ prompt: 'To fail' });
    await gateway.runToEnd();
    const told: Record<string, string> = {};
    for (const webhook of receiver.received) {
      const { type, data } = await verifyWebhook(webhook, endpoint.secret, sentAt(webhook));
      told[type] = data.id;
    }
    await call('DELETE', `/v1/webhook_endpoints/${endpoint.id}`);
    await order({ prompt: 'Nobody is told' });
    await gateway.runToEnd();

    expect(told).toEqual({
      'video.canceled': canceled.id,
      'video.completed': completed.id,
      'video.failed': failed.id,
    });
    expect(receiver.received).toHaveLength(3);
  });
});

describe('a receiver that is down', () => {
  it('neither delays nor fails its video, and gets ten attempts, and one more when it is asked for', async () => {
    const { id: healthy } = await order({ webhook: { url: receiver.url }, prompt: 'Healthy' });
    await gateway.runToEnd();
    receiver.answerWith({ status: 503 });
    const startedAt = gateway.clock.now();
    const { id } = await order({ webhook: { url: receiver.url }, prompt: 'Down' });
    await gateway.runToEnd();

    const [up, down] = [await gateway.readTask(healthy), await gateway.readTask(id)];
    const seconds = ({ createdAt, completedAt = createdAt }: Task) => secondsBetween(createdAt, completedAt);
    expect([down.state, down.followUps, seconds(down)]).toEqual(['completed', [], seconds(up)]);
    const [delivery] = await deliveriesOf(id);
    expect(delivery).toMatchObject({ status: 'failed', attempts: 10, last_answer: { status: 503 } });
    expect(secondsBetween(startedAt, gateway.clock.now())).toBeLessThan(60 * 3600);

    receiver.answerWith({ status: 200 });
    receiver.received.length = 0;
    await call('POST', `/v1/webhook_deliveries/${delivery?.id}/replay`);
    await gateway.runToEnd();
    expect(receiver.received.map(({ headers }) => headers['webhook-id'])).toEqual([delivery?.id]);
    expect(await deliveriesOf(id)).toMatchObject([{ status: 'delivered', attempts: 1 }]);
  });

  it('is not told of a video that was deleted meanwhile', async () => {
    receiver.answerWith({ status: 500 });
    const { id } = await order({ webhook: { url: receiver.url }, prompt: 'Deleted' });
    await gateway.runFor(3600);
    const attempts = receiver.received.length;
    expect(attempts).toBeGreaterThan(1);

    await call('DELETE', `/v1/videos/${id}`);
    await gateway.runToEnd();

    expect(receiver.received).toHaveLength(attempts);
    expect(await deliveriesOf(id)).toMatchObject([{ status: 'dropped', reason: 'The video was deleted' }]);
  });
});
