import { type HttpAnswer, jsonAnswer } from '../../shared/http/http-event.ts';
import type { WebhookEndpoint } from '../../shared/storage/endpoint-store.ts';
import type { AccountRequest, ApiDependencies } from './api-dependencies.ts';
import { parseEndpointChange } from './webhook-endpoint-body.ts';
import { requireEndpoint, toEndpointObject, withEndpoint } from './webhook-endpoint-object.ts';

/** POST /v1/webhook_endpoints/{id}: changes the fields that are given, also for what is being delivered. */
export async function updateWebhookEndpoint(
  { event, parameters: { id }, account }: AccountRequest<{ id: string }>,
  { webhooks, clock, trustedOrigins }: ApiDependencies,
): Promise<HttpAnswer> {
  const change = parseEndpointChange(event, trustedOrigins);
  await webhooks.endpoints.change(account, (endpoints) =>
    withEndpoint(endpoints, toChanged(requireEndpoint(endpoints, id), change)),
  );
  const endpoint = requireEndpoint(await webhooks.endpoints.list(account), id);
  return jsonAnswer(200, toEndpointObject(endpoint, clock.now()));
}

/** Whoever says whether it is enabled knows why it was disabled. */
function toChanged(
  { disabledReason, ...endpoint }: WebhookEndpoint,
  { enabled, ...given }: ReturnType<typeof parseEndpointChange>,
): WebhookEndpoint {
  const { url = endpoint.url, events = endpoint.events } = given;
  const changed = { ...endpoint, url, events };
  if (enabled !== undefined) return { ...changed, isEnabled: enabled };
  return disabledReason === undefined ? changed : { ...changed, disabledReason };
}
