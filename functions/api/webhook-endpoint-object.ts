import { toUnixSeconds } from '../../shared/clock.ts';
import type { ShownEndpoint } from '../../shared/contract/webhooks.ts';
import { quoted } from '../../shared/domain/shown-text.ts';
import { NotFoundError } from '../../shared/errors.ts';
import { stillSigning, type WebhookEndpoint } from '../../shared/storage/endpoint-store.ts';

/** An endpoint as it is shown. Its secret is told only by the answer that made it. */
export function toEndpointObject(endpoint: WebhookEndpoint, now: Date): ShownEndpoint {
  const { id, url, events, isEnabled, disabledReason, createdAt } = endpoint;
  return {
    id,
    object: 'webhook_endpoint',
    url,
    events,
    enabled: isEnabled,
    disabled_reason: disabledReason ?? null,
    created_at: toUnixSeconds(createdAt),
    old_secrets_expire_at: stillSigning(endpoint, now).map(({ until }) => toUnixSeconds(until)),
  };
}

/** Throws NotFoundError. */
export function requireEndpoint(endpoints: readonly WebhookEndpoint[], id: string): WebhookEndpoint {
  const endpoint = endpoints.find((candidate) => candidate.id === id);
  if (endpoint === undefined) throw new NotFoundError(`The webhook endpoint ${quoted(id)}`);
  return endpoint;
}

/** The list with `endpoint` in place of the one of its id. */
export function withEndpoint(
  endpoints: readonly WebhookEndpoint[],
  endpoint: WebhookEndpoint,
): readonly WebhookEndpoint[] {
  return endpoints.map((candidate) => (candidate.id === endpoint.id ? endpoint : candidate));
}
