import type { Violation } from '../../shared/domain/quote.ts';
import { InvalidRequestError } from '../../shared/errors.ts';
import { type HttpAnswer, jsonAnswer } from '../../shared/http/http-event.ts';
import { newShortId, newWebhookSecret } from '../../shared/ids.ts';
import type { WebhookEndpoint } from '../../shared/storage/endpoint-store.ts';
import type { AccountRequest, ApiDependencies } from './api-dependencies.ts';
import { parseNewEndpoint } from './webhook-endpoint-body.ts';
import { toEndpointObject } from './webhook-endpoint-object.ts';

const maxEndpoints = 10;

/** POST /v1/webhook_endpoints: the only answer that tells the secret, which cannot be read again. */
export async function createWebhookEndpoint(
  { event, account }: AccountRequest,
  { webhooks, clock, trustedOrigins }: Pick<ApiDependencies, 'webhooks' | 'clock' | 'trustedOrigins'>,
): Promise<HttpAnswer> {
  const now = clock.now();
  const endpoint: WebhookEndpoint = {
    id: `we_${newShortId()}`,
    ...parseNewEndpoint(event, trustedOrigins),
    isEnabled: true,
    createdAt: now.toISOString(),
    secret: newWebhookSecret(),
    oldSecrets: [],
  };
  await webhooks.endpoints.change(account, (endpoints) => {
    // A write whose answer was lost is asked for again.
    if (endpoints.some(({ id }) => id === endpoint.id)) return undefined;
    if (endpoints.length >= maxEndpoints) throw new InvalidRequestError([tooMany]);
    return [...endpoints, endpoint];
  });
  return jsonAnswer(200, { ...toEndpointObject(endpoint, now), secret: endpoint.secret });
}

const tooMany: Violation = {
  param: 'url',
  code: 'too_many_endpoints',
  message: `An account has at most ${maxEndpoints} webhook endpoints; delete one first`,
};
