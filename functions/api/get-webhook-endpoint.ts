import { type HttpAnswer, jsonAnswer } from '../../shared/http/http-event.ts';
import type { AccountRequest, ApiDependencies } from './api-dependencies.ts';
import { requireEndpoint, toEndpointObject } from './webhook-endpoint-object.ts';

/** GET /v1/webhook_endpoints/{id}. */
export async function getWebhookEndpoint(
  { parameters: { id }, account }: AccountRequest<{ id: string }>,
  { webhooks, clock }: ApiDependencies,
): Promise<HttpAnswer> {
  const endpoint = requireEndpoint(await webhooks.endpoints.list(account), id);
  return jsonAnswer(200, toEndpointObject(endpoint, clock.now()));
}
