import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { DeliveryContext } from '../../functions/steps/deliver-webhook/deliver-webhook.ts';
import { deliverWebhook } from '../../functions/steps/deliver-webhook/deliver-webhook.ts';
import { secondsAfter } from '../../shared/clock.ts';
import type { TerminalState } from '../../shared/domain/task.ts';
import type { VideoRequest } from '../../shared/domain/video-request.ts';
import type { Delivery, DeliveryInput } from '../../shared/domain/webhook.ts';
import { newShortId, newWebhookSecret } from '../../shared/ids.ts';
import { createSafePost } from '../../shared/media/safe-post.ts';
import { type AnnounceContext, announceEnd } from '../../shared/ordering/announce-end.ts';
import { loadDoors } from '../../shared/providers/doors.ts';
import type { WebhookEndpoint } from '../../shared/storage/endpoint-store.ts';
import { monthKey } from '../../shared/storage/money-counters.ts';
import type { TaskView } from '../../shared/storage/task-store.ts';
import { toUpdateParts } from '../../shared/storage/update-expression.ts';
import { createManualClock } from './manual-clock.ts';
import { placeTestOrder } from './orders.ts';
import type { Tables } from './tables.ts';
import type { WebhookReceiver } from './webhook-receiver.ts';
import { webhookTools } from './webhooks.ts';

/** What hands over and delivers the webhooks of a new account, on a clock that the test moves. */
export function createDeliveries(tables: Tables, receiver: WebhookReceiver) {
  const account = newShortId().toLowerCase();
  const clock = createManualClock();
  const started: DeliveryInput[] = [];
  const webhooks = webhookTools(tables, started);
  const context: DeliveryContext & AnnounceContext = {
    tasks: tables.tasks,
    deliveries: webhooks.deliveries,
    endpoints: webhooks.endpoints,
    webhooks,
    offers: [],
    doors: loadDoors({}),
    post: createSafePost({ trustedOrigins: [receiver.url] }),
    publicUrl: 'https://conch.test',
    clock,
    random: () => 0.5,
  };
  const read = async (id: string): Promise<Delivery> => {
    const delivery = await webhooks.deliveries.get(account, id);
    if (delivery === undefined) throw new Error(`There is no delivery ${id}`);
    return delivery;
  };
  return {
    account,
    clock,
    context,
    /** Inputs of the executions that were started. */
    started,
    webhooks,
    read,
    async addEndpoint(overrides: Partial<WebhookEndpoint> = {}): Promise<WebhookEndpoint> {
      const endpoint: WebhookEndpoint = {
        id: `we_${newShortId()}`,
        url: `${receiver.url}/endpoint`,
        events: ['video.completed', 'video.failed', 'video.canceled', 'budget.threshold'],
        isEnabled: true,
        createdAt: clock.now().toISOString(),
        secret: newWebhookSecret(),
        oldSecrets: [],
        ...overrides,
      };
      await webhooks.endpoints.change(account, (endpoints) => [...endpoints, endpoint]);
      return endpoint;
    },
    /** Makes this what the account holds in the month, all its tasks together. */
    async bookMonth(committedMicroUsd: number): Promise<void> {
      const key = monthKey(account, clock.now().toISOString().slice(0, 7));
      const parts = toUpdateParts({ set: { committedMicroUsd } });
      await tables.client.send(new UpdateItemCommand({ TableName: 'accounts', Key: key, ...parts }));
    },
    /** A task that ended just now. */
    async placeEnded(
      webhook?: VideoRequest['webhook'],
      state: TerminalState = 'completed',
    ): Promise<TaskView> {
      const request = webhook === undefined ? {} : { webhook };
      const { id } = await placeTestOrder(tables, { account, request, now: clock.now() });
      const result = { key: `videos/${id}.mp4`, bytes: 4, sha256: 'f'.repeat(64) };
      const failure = { code: 'generation_failed', message: 'Failed', charged: 'no' };
      const ending = state === 'completed' ? { result } : { failure };
      const completedAt = clock.now().toISOString();
      const set = { ...ending, completedAt, expiresAt: secondsAfter(completedAt, 86_400), followUps: [] };
      await tables.tasks.transition(id, { from: ['accepted'], to: state, set });
      const view = await tables.tasks.getTaskView(id);
      if (view === undefined) throw new Error(`There is no task ${id}`);
      return view;
    },
    /** Hands over what is to be told of a task, and returns the first of the deliveries that this starts. */
    async announce(view: TaskView): Promise<DeliveryInput> {
      const before = started.length;
      await announceEnd(view, context);
      const input = started[before];
      if (input === undefined) throw new Error('Nobody is told');
      return input;
    },
    /** Does as the state machine does until the delivery is over; returns the moments of its steps. */
    async deliver(input: DeliveryInput, overrides: Partial<DeliveryContext> = {}): Promise<Date[]> {
      const moments: Date[] = [];
      for (let steps = 0; steps < 30; steps += 1) {
        moments.push(clock.now());
        const decision = await deliverWebhook(input, { ...context, ...overrides });
        if (decision.decision === 'done') return moments;
        clock.advance(decision.waitSeconds);
      }
      throw new Error('The delivery does not end');
    },
  };
}
export type Deliveries = ReturnType<typeof createDeliveries>;
