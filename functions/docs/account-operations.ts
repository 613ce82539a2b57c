import * as z from 'zod';
import { healthSchema } from '../../shared/contract/health.ts';
import { modelListSchema } from '../../shared/contract/models.ts';
import { providerListSchema } from '../../shared/contract/providers.ts';
import { uploadSchema } from '../../shared/contract/upload.ts';
import { usageSchema } from '../../shared/contract/usage.ts';
import { uploadForm } from '../api/create-upload.ts';
import type { Operation } from './operation.ts';
import { jsonOf } from './operation.ts';

/** What is neither about one video nor about webhooks. */
export const accountOperations: Readonly<Record<string, Operation>> = {
  'GET /v1/usage': {
    id: 'getUsage',
    tag: 'Account',
    summary: 'Add up what was charged, is held and is unknown',
    description:
      'Of the tasks that were accepted from `from` on and before `to`, at most 92 days; by default of the current UTC month. `Accept: text/csv` means the same as `format=csv`.',
    parameters: {
      from: 'Unix seconds, a UTC date or an ISO time',
      to: 'Unix seconds, a UTC date or an ISO time',
      group_by: '`day` (default), `provider`, `model`, `key` or `metadata.<name>`',
      format: '`json` or `csv`',
    },
    answers: [
      {
        status: 200,
        description: 'The amounts. CSV has the groups without the total',
        content: { 'application/json': usageSchema, 'text/csv': z.string() },
      },
    ],
    errors: ['usage_too_large'],
    example: { path: '/v1/usage?from=2026-11-01&to=2026-12-01&group_by=model' },
  },
  'POST /v1/uploads': {
    id: 'createUpload',
    tag: 'Files',
    summary: 'Ask where to put a file that is too large for a request',
    description: 'Images up to 20 MB and videos. The link takes one PUT within an hour.',
    body: { schema: uploadForm.schema, allowed: uploadForm.allowed, isOptional: true },
    answers: [jsonOf(uploadSchema, 'A link to PUT the file to, and the id to order with')],
    example: { body: { content_type: 'image/png', bytes: 5_000_000 } },
  },
  'GET /v1/models': {
    id: 'listModels',
    tag: 'Catalogue',
    summary: 'List the models with their offers, limits and prices',
    answers: [jsonOf(modelListSchema, 'What the enabled providers sell')],
  },
  'GET /v1/providers': {
    id: 'listProviders',
    tag: 'Catalogue',
    summary: 'See how each provider stands',
    answers: [jsonOf(providerListSchema, 'Health, limits, places, queue and balance')],
  },
  'GET /health': {
    id: 'getHealth',
    tag: 'Gateway',
    summary: 'See whether the gateway answers',
    answers: [jsonOf(healthSchema, 'It does')],
  },
};
