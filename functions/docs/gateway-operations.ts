import * as z from 'zod';
import type { Operation } from './operation.ts';

const tag = 'Gateway';
const unchanged = {
  status: 304,
  description: 'It is still the one of `If-None-Match`',
  headers: ['etag'],
} as const;
const stored = ['etag', 'cache-control'] as const;
const receipt = z.object({ receipt: z.enum(['rang', 'ignored', 'bad_proof', 'unknown']) });

/** What other functions serve than the API and the doors: by method and path as the stack routes them. */
export const gatewayOperations: Readonly<Record<string, Operation>> = {
  'GET /openapi.json': {
    id: 'getOpenApi',
    tag,
    summary: 'Read this contract as OpenAPI 3.1',
    answers: [
      {
        status: 200,
        description: 'The document',
        headers: stored,
        content: { 'application/json': z.looseObject({ openapi: z.literal('3.1.1') }) },
      },
      unchanged,
    ],
  },
  'GET /docs': {
    id: 'getDocs',
    tag,
    summary: 'Read this contract as a page',
    answers: [
      {
        status: 200,
        description: 'The page; it loads nothing else',
        headers: [...stored, 'content-security-policy'],
        content: { 'text/html': z.string() },
      },
      unchanged,
    ],
  },
  'POST /callbacks/{provider}/{taskId}/{attempt}/{secret}': {
    id: 'receiveCallback',
    tag,
    summary: 'Take the callback of a provider',
    description:
      'Providers call it, with the URL that they were given. It is a hint: what it says is read again from the provider.',
    parameters: {
      provider: 'Who calls',
      taskId: 'The id of the video without `video_`',
      attempt: 'The number of the attempt',
      secret: 'Known to the provider and to us',
    },
    body: { schema: z.unknown(), isOptional: true },
    answers: [
      {
        status: 200,
        description: 'It was taken, or there was no need for it. A challenge is answered as it asks for',
        content: { 'application/json': z.union([receipt, z.looseObject({})]) },
      },
      { status: 401, description: 'Its proof is wrong', content: { 'application/json': receipt } },
      { status: 404, description: 'There is no such attempt', content: { 'application/json': receipt } },
    ],
    example: {
      path: '/callbacks/provider/331ac6c1e3d7ead4/1/9mQuTz3b',
      body: { data: { status: 'completed' } },
    },
  },
};
