import * as z from 'zod';
import { quoteSchema } from '../../shared/contract/quote.ts';
import { eventListSchema } from '../../shared/contract/task-events.ts';
import {
  acceptedVideoSchema,
  deletedVideoSchema,
  videoListSchema,
  videoReceiptSchema,
  videoSchema,
} from '../../shared/contract/video.ts';
import { orderFieldsSchema, orderGuide } from '../../shared/ordering/order-fields.ts';
import { remixForm } from '../../shared/ordering/parse-remix.ts';
import { retryForm } from '../../shared/ordering/parse-retry.ts';
import { jsonOf, type Operation } from './operation.ts';

const tag = 'Videos';
const prompt = 'A lighthouse at dusk, waves below [Push in]';
const id = { id: 'The id of the video: `video_` and 16 hex digits, or the form of any of the other APIs' };
const examplePath = '/v1/videos/video_331ac6c1e3d7ead4';
const order = { schema: orderFieldsSchema, allowed: orderGuide.allowed, isForm: true };
const repeatMarks = {
  'idempotency-key': 'The same order under the same key is the same video, for ever',
  'x-stainless-retry-count':
    "How OpenAI's clients mark a repeat; without a key, a marked repeat within ten minutes is known",
};
const poll = ['openai-poll-after-ms'] as const;
const accepted = jsonOf(
  z.union([acceptedVideoSchema, videoReceiptSchema]),
  'The order was accepted, now or before. Where it cannot be shown in full, its id is',
  poll,
);
const video = jsonOf(videoSchema, 'The video', poll);
const orderErrors = ['budget_exceeded', 'idempotency_mismatch', 'invalid_query'] as const;

export const videoOperations: Readonly<Record<string, Operation>> = {
  'POST /v1/videos': {
    id: 'createVideo',
    tag,
    summary: 'Order a video',
    description:
      'Answers at once. No field is required by itself; what an order needs, `GET /v1/models` says of each offer. Nothing is dropped, clamped or rounded.',
    requestHeaders: repeatMarks,
    body: order,
    answers: [accepted],
    errors: orderErrors,
    example: { body: { prompt } },
  },
  'POST /v1/videos/quote': {
    id: 'quoteVideo',
    tag,
    summary: 'Ask who could serve an order at what price',
    description: 'Takes the body of an order. Nothing is stored, held or sent.',
    body: order,
    answers: [jsonOf(quoteSchema, 'The offers, the first of which would be taken')],
    example: { body: { prompt } },
  },
  'GET /v1/videos': {
    id: 'listVideos',
    tag,
    summary: 'List videos',
    description: 'By the time of their acceptance, the newest first. Filters hold together.',
    parameters: {
      after: 'The `last_id` of the page before',
      limit: 'How many, from 1 to 100; default 20',
      order: '`asc` or `desc` (default)',
      status: 'The public status',
      model: 'As the video object names it',
      provider: 'As the video object names it',
      metadata: 'Videos whose orders carry exactly this: `metadata[name]=value` or `metadata.name=value`',
      created_after: 'Accepted at this moment or later: Unix seconds, a UTC date or an ISO time',
      created_before: 'Accepted before this moment: Unix seconds, a UTC date or an ISO time',
    },
    answers: [jsonOf(videoListSchema, 'A page')],
    example: { path: '/v1/videos?limit=20&status=completed' },
  },
  'GET /v1/videos/{id}': {
    id: 'getVideo',
    tag,
    summary: 'Look at a video',
    parameters: {
      ...id,
      wait: 'Whole seconds from 0 to 25: answers as soon as the state or the attempts change, else after so long',
    },
    requestHeaders: { prefer: '`wait=25` means the same as the parameter, which comes first' },
    answers: [jsonOf(videoSchema, 'The video', [...poll, 'preference-applied'])],
    errors: ['not_found'],
    example: { path: `${examplePath}?wait=25` },
  },
  'DELETE /v1/videos/{id}': {
    id: 'deleteVideo',
    tag,
    summary: 'Delete a video that has ended',
    description: 'Its file and what was said in its order are removed; its place in the ledger stays.',
    parameters: id,
    answers: [jsonOf(deletedVideoSchema, 'It is gone')],
    errors: ['not_found', 'video_not_ended', 'video_in_review'],
    example: { path: examplePath },
  },
  'GET /v1/videos/{id}/events': {
    id: 'listVideoEvents',
    tag,
    summary: 'Read what happened to a video, and when',
    parameters: id,
    answers: [jsonOf(eventListSchema, 'The events, in order')],
    errors: ['not_found'],
    example: { path: `${examplePath}/events` },
  },
  'POST /v1/videos/{id}/cancel': {
    id: 'cancelVideo',
    tag,
    summary: 'Ask for the end of a video',
    description:
      'From now on nothing more is sent for it. What a provider has taken may run out, and is charged.',
    parameters: id,
    answers: [video],
    errors: ['not_found', 'video_ended'],
    example: { path: `${examplePath}/cancel` },
  },
  'POST /v1/videos/{id}/retry': {
    id: 'retryVideo',
    tag,
    summary: 'Order a video again that failed or was canceled',
    description:
      'A video has one retry: asked for again with the same webhook or again with none, the same one is answered. Its webhook is its own: that of the first order is told nothing of it.',
    parameters: id,
    body: { schema: retryForm.schema, allowed: retryForm.allowed, isOptional: true, isForm: true },
    answers: [accepted],
    errors: ['not_found', 'video_not_retryable', ...orderErrors],
    example: { path: `${examplePath}/retry` },
  },
  'POST /v1/videos/{id}/remix': {
    id: 'remixVideo',
    tag,
    summary: 'Order a video that has ended with another prompt',
    description: 'Its webhook is its own: that of the first order is told nothing of it.',
    parameters: id,
    requestHeaders: repeatMarks,
    body: { schema: remixForm.schema, allowed: remixForm.allowed, required: ['prompt'], isForm: true },
    answers: [accepted],
    errors: ['not_found', 'video_not_ended', ...orderErrors],
    example: { path: `${examplePath}/remix`, body: { prompt: 'A lighthouse at dawn' } },
  },
  'GET /v1/videos/{id}/content': {
    id: 'getVideoContent',
    tag,
    summary: 'Download a video',
    parameters: { ...id, variant: '`video`' },
    answers: [{ status: 302, description: 'Where the file is', headers: ['location'] }],
    errors: ['not_found', 'video_not_ready'],
    example: { path: `${examplePath}/content` },
  },
  'GET /v/{taskId}/{linkSecret}.mp4': {
    id: 'followVideoLink',
    tag,
    summary: 'Download a video by its link, without a key',
    parameters: {
      taskId: 'The id of the video without `video_`',
      linkSecret: 'Part of `gateway.result.url`',
    },
    answers: [{ status: 302, description: 'Where the file is', headers: ['location'] }],
    errors: ['not_found'],
    example: { path: '/v/331ac6c1e3d7ead4/9mQu.mp4' },
  },
};
