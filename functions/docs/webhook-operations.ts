import {
  deletedEndpointSchema,
  secretEndpointSchema,
  webhookDeliveryListSchema,
  webhookDeliverySchema,
  webhookEndpointListSchema,
  webhookEndpointSchema,
} from '../../shared/contract/webhooks.ts';
import { createForm, updateForm } from '../api/webhook-endpoint-body.ts';
import { jsonOf, type Operation } from './operation.ts';

const tag = 'Webhooks';
const endpoints = '/v1/webhook_endpoints';
const deliveries = '/v1/webhook_deliveries';
const id = { id: 'The id of the endpoint' };
const examplePath = `${endpoints}/we_9mQuTz3bXk2L`;

export const webhookOperations: Readonly<Record<string, Operation>> = {
  [`POST ${endpoints}`]: {
    id: 'createWebhookEndpoint',
    tag,
    summary: 'Name a URL that is told of everything in the account',
    description: 'An account has at most ten.',
    body: { schema: createForm.schema, allowed: createForm.allowed, required: ['url'] },
    answers: [jsonOf(secretEndpointSchema, 'The endpoint with its secret')],
    example: { body: { url: 'https://example.com/hook' } },
  },
  [`GET ${endpoints}`]: {
    id: 'listWebhookEndpoints',
    tag,
    summary: 'List the endpoints',
    answers: [jsonOf(webhookEndpointListSchema, 'All of them, in order of their creation')],
  },
  [`GET ${endpoints}/{id}`]: {
    id: 'getWebhookEndpoint',
    tag,
    summary: 'Look at an endpoint',
    parameters: id,
    answers: [jsonOf(webhookEndpointSchema, 'The endpoint')],
    errors: ['not_found'],
    example: { path: examplePath },
  },
  [`POST ${endpoints}/{id}`]: {
    id: 'updateWebhookEndpoint',
    tag,
    summary: 'Change an endpoint',
    description: 'Changes what is given, also for what is being delivered.',
    parameters: id,
    body: { schema: updateForm.schema, allowed: updateForm.allowed },
    answers: [jsonOf(webhookEndpointSchema, 'The endpoint')],
    errors: ['not_found'],
    example: { path: examplePath, body: { enabled: false } },
  },
  [`DELETE ${endpoints}/{id}`]: {
    id: 'deleteWebhookEndpoint',
    tag,
    summary: 'Delete an endpoint',
    description: 'Nothing more is sent there.',
    parameters: id,
    answers: [jsonOf(deletedEndpointSchema, 'It is gone')],
    errors: ['not_found'],
    example: { path: examplePath },
  },
  [`POST ${endpoints}/{id}/rotate_secret`]: {
    id: 'rotateWebhookSecret',
    tag,
    summary: 'Replace the secret of an endpoint',
    description: 'For 24 hours the old secret signs beside the new one.',
    parameters: id,
    answers: [jsonOf(secretEndpointSchema, 'The endpoint with its new secret')],
    errors: ['not_found'],
    example: { path: `${examplePath}/rotate_secret` },
  },
  [`GET ${deliveries}`]: {
    id: 'listWebhookDeliveries',
    tag,
    summary: 'List what was told to whom in the last 30 days',
    description: 'By the time of their events, the newest first.',
    parameters: {
      after: 'The `last_id` of the page before',
      limit: 'How many, from 1 to 100; default 20',
      video_id: 'Of this video alone',
      status: 'How they stand',
    },
    answers: [jsonOf(webhookDeliveryListSchema, 'A page')],
    errors: ['not_found'],
    example: { path: `${deliveries}?status=failed` },
  },
  [`POST ${deliveries}/{id}/replay`]: {
    id: 'replayWebhookDelivery',
    tag,
    summary: 'Send a message again',
    description: 'Now, under its id, with ten new attempts, whatever became of it.',
    parameters: { id: 'The id of the delivery' },
    answers: [jsonOf(webhookDeliverySchema, 'The delivery')],
    errors: ['not_found'],
    example: { path: `${deliveries}/msg_01a1fb66a37a5d1e0c9b7f42a6380e1d4c2b/replay` },
  },
};
