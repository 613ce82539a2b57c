import { type HttpAnswer, jsonAnswer } from '../../shared/http/http-event.ts';
import type { AccountRequest, ApiDependencies } from './api-dependencies.ts';
import { toEndpointObject } from './webhook-endpoint-object.ts';

/** GET /v1/webhook_endpoints: all of the account's, in order of their creation. */
export async function listWebhookEndpoints(
  { account }: AccountRequest,
  { webhooks, clock }: ApiDependencies,
): Promise<HttpAnswer> {
  const endpoints = await webhooks.endpoints.list(account);
  const data = endpoints.map((endpoint) => toEndpointObject(endpoint, clock.now()));
  return jsonAnswer(200, { object: 'list', data, has_more: false });
}
