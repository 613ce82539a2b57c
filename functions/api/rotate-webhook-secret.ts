import { secondsAfter } from '../../shared/clock.ts';
import { type HttpAnswer, jsonAnswer } from '../../shared/http/http-event.ts';
import { newWebhookSecret } from '../../shared/ids.ts';
import { stillSigning, type WebhookEndpoint } from '../../shared/storage/endpoint-store.ts';
import type { AccountRequest, ApiDependencies } from './api-dependencies.ts';
import { requireEndpoint, toEndpointObject, withEndpoint } from './webhook-endpoint-object.ts';

const oldSecretSeconds = 24 * 60 * 60;
/** Of those that were rotated out and still sign. Several: a rotation whose answer was lost is repeated. */
const maxOldSecrets = 4;

/** POST /v1/webhook_endpoints/{id}/rotate_secret: for 24 hours the old secret signs beside the new one. */
export async function rotateWebhookSecret(
  { parameters: { id }, account }: AccountRequest<{ id: string }>,
  { webhooks, clock }: Pick<ApiDependencies, 'webhooks' | 'clock'>,
): Promise<HttpAnswer> {
  const now = clock.now();
  const secret = newWebhookSecret();
  await webhooks.endpoints.change(account, (endpoints) => {
    const endpoint = requireEndpoint(endpoints, id);
    // A write whose answer was lost is asked for again.
    return endpoint.secret === secret ? undefined : withEndpoint(endpoints, rotate(endpoint, secret, now));
  });
  const endpoint = requireEndpoint(await webhooks.endpoints.list(account), id);
  return jsonAnswer(200, { ...toEndpointObject(endpoint, now), secret });
}

function rotate(endpoint: WebhookEndpoint, secret: string, now: Date): WebhookEndpoint {
  const retired = { secret: endpoint.secret, until: secondsAfter(now, oldSecretSeconds) };
  return {
    ...endpoint,
    secret,
    oldSecrets: [retired, ...stillSigning(endpoint, now)].slice(0, maxOldSecrets),
  };
}
