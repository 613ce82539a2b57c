import type { Receiver, WebhookEvent } from '../domain/webhook.ts';
import type { WebhookEndpoint } from '../storage/endpoint-store.ts';

/** Those of the endpoints that want to be told of an event. */
export function subscribers(endpoints: readonly WebhookEndpoint[], type: WebhookEvent): Receiver[] {
  return endpoints
    .filter(({ isEnabled, events }) => isEnabled && events.includes(type))
    .map(({ id }) => ({ kind: 'endpoint', endpointId: id }));
}
