import { secondsAfter, toUnixSeconds } from '../clock.ts';
import type { BudgetUse, Delivery, DeliveryInput, Receiver } from '../domain/webhook.ts';
import { type DeliveryStore, deliveryIdOf } from '../storage/delivery-store.ts';

export interface HandOverTools {
  readonly deliveries: DeliveryStore;
  startDelivery(input: DeliveryInput): Promise<void>;
}

interface Message extends Pick<Delivery, 'type' | 'occurredAt' | 'taskId'> {
  readonly account: string;
  readonly receiver: Receiver;
  readonly budgetUse?: BudgetUse;
}

/** How long a delivery can be looked at and replayed. */
const keptSeconds = 30 * 86_400;

/** Writes a message for a receiver down and starts its delivery. Doing it again is the same as once. */
export async function handOverMessage(
  { account, ...message }: Message,
  { deliveries, startDelivery }: HandOverTools,
): Promise<void> {
  const { type, occurredAt, receiver, taskId, budgetUse } = message;
  const target = receiver.kind === 'order' ? 'order' : receiver.endpointId;
  const subject = taskId ?? `${budgetUse?.period} ${budgetUse?.span} ${budgetUse?.thresholdPercent}`;
  const id = deliveryIdOf(occurredAt, [account, type, target, subject]);
  await deliveries.put(account, {
    ...message,
    id,
    status: 'pending',
    run: 1,
    attempts: 0,
    expireAtSeconds: toUnixSeconds(secondsAfter(occurredAt, keptSeconds)),
  });
  await startDelivery({ account, deliveryId: id, run: 1 });
}
