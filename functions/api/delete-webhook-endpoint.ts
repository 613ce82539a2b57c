import { type HttpAnswer, jsonAnswer } from '../../shared/http/http-event.ts';
import type { AccountRequest, ApiDependencies } from './api-dependencies.ts';
import { requireEndpoint } from './webhook-endpoint-object.ts';

/** DELETE /v1/webhook_endpoints/{id}: nothing more is sent there, also not what is being delivered. */
export async function deleteWebhookEndpoint(
  { parameters: { id }, account }: AccountRequest<{ id: string }>,
  { webhooks }: ApiDependencies,
): Promise<HttpAnswer> {
  requireEndpoint(await webhooks.endpoints.list(account), id);
  await webhooks.endpoints.change(account, (endpoints) => endpoints.filter((other) => other.id !== id));
  return jsonAnswer(200, { id, object: 'webhook_endpoint.deleted', deleted: true });
}
