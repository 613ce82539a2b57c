import * as z from 'zod';
import type { AccountRequest } from './api-dependencies.ts';
import { createWebhookEndpoint } from './create-webhook-endpoint.ts';
import { deleteWebhookEndpoint } from './delete-webhook-endpoint.ts';
import { getWebhookEndpoint } from './get-webhook-endpoint.ts';
import { listWebhookDeliveries, listWebhookDeliveriesParameters } from './list-webhook-deliveries.ts';
import { listWebhookEndpoints } from './list-webhook-endpoints.ts';
import { replayWebhookDelivery } from './replay-webhook-delivery.ts';
import { rotateWebhookSecret } from './rotate-webhook-secret.ts';
import type { ApiRoute, Row } from './routes.ts';
import { updateWebhookEndpoint } from './update-webhook-endpoint.ts';

const none = z.object({});
const named = z.object({ id: z.string() });

const endpoints = '/v1/webhook_endpoints';
const deliveries = '/v1/webhook_deliveries';

/** Every endpoint about webhooks. */
export function webhookRoutes(keyed: <P>(row: Row<P, AccountRequest<P>>) => ApiRoute): ApiRoute[] {
  return [
    keyed({ method: 'POST', path: endpoints, schema: none, answer: createWebhookEndpoint }),
    keyed({ method: 'GET', path: endpoints, schema: none, answer: listWebhookEndpoints }),
    keyed({ method: 'GET', path: `${endpoints}/{id}`, schema: named, answer: getWebhookEndpoint }),
    keyed({ method: 'POST', path: `${endpoints}/{id}`, schema: named, answer: updateWebhookEndpoint }),
    keyed({ method: 'DELETE', path: `${endpoints}/{id}`, schema: named, answer: deleteWebhookEndpoint }),
    keyed({
      method: 'POST',
      path: `${endpoints}/{id}/rotate_secret`,
      schema: named,
      answer: rotateWebhookSecret,
    }),
    keyed({
      method: 'GET',
      path: deliveries,
      schema: listWebhookDeliveriesParameters,
      answer: listWebhookDeliveries,
    }),
    keyed({
      method: 'POST',
      path: `${deliveries}/{id}/replay`,
      schema: named,
      answer: replayWebhookDelivery,
    }),
  ];
}
