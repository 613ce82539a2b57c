import type { Clock } from '../clock.ts';
import { isTerminal, type Task } from '../domain/task.ts';
import type { VideoRequest } from '../domain/video-request.ts';
import { eventOf, type Receiver, type WebhookEvent } from '../domain/webhook.ts';
import type { WebhookEndpoint } from '../storage/endpoint-store.ts';
import type { TaskView } from '../storage/task-store.ts';
import { announceBudgets } from './announce-budgets.ts';
import { handOverMessage } from './hand-over-message.ts';
import { subscribers } from './subscribers.ts';
import type { WebhookTools } from './webhook-tools.ts';

export interface AnnounceContext {
  readonly webhooks: WebhookTools;
  readonly clock: Clock;
}

/**
 * Hands over what is to be told of a task's end, and of the budgets that its account has used up to a threshold. May
 * be done twice: whoever was told already is not told again. Nobody is told of what was deleted meanwhile.
 */
export async function announceEnd(view: TaskView, context: AnnounceContext): Promise<void> {
  const { task } = view;
  const endpoints = await context.webhooks.endpoints.list(task.account);
  if (task.deletedAt === undefined) await tellEnd(view, endpoints, context.webhooks);
  await announceBudgets(task, endpoints, context);
}

async function tellEnd(
  { task, request }: TaskView,
  endpoints: readonly WebhookEndpoint[],
  tools: WebhookTools,
): Promise<void> {
  const { state, completedAt } = task;
  if (!isTerminal(state) || completedAt === undefined) return;
  const type = eventOf(state);
  for (const receiver of [...orderReceivers(request, type), ...subscribers(endpoints, type)])
    await handOverMessage(toMessage(task, receiver, { type, occurredAt: completedAt }), tools);
}

function toMessage(
  { id, account }: Task,
  receiver: Receiver,
  event: { readonly type: WebhookEvent; readonly occurredAt: string },
) {
  return { account, receiver, ...event, taskId: id };
}

function orderReceivers({ webhook }: VideoRequest, type: WebhookEvent): Receiver[] {
  if (webhook === undefined) return [];
  const isWanted = webhook.events === undefined || webhook.events.some((event) => event === type);
  return isWanted ? [{ kind: 'order' }] : [];
}
