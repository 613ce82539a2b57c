import { randomBytes } from 'node:crypto';
import type * as z from 'zod';
import {
  type CreateRequest,
  createRequestSchema,
  nativeModels,
} from '../../../shared/providers/apixo/wire.ts';
import type { Dialect, JobView, Order } from './dialect.ts';
import type { FailureReason } from './job.ts';
import { isTooLong, isWebUrl } from './order-rules.ts';

const createPath = new RegExp(`^/api/v1/generateTask/(?<route>${nativeModels.join('|')})$`);
const lookPath = /^\/api\/v1\/statusTask\/(?<route>[^/]+)$/;

/** Apixo: the model is in the path, results are JSON within JSON, and callbacks repeat the status answer. */
export const apixo: Dialect = {
  name: 'apixo',
  newJobId: () => `task_${randomBytes(8).toString('hex')}`,
  presentedKey: ({ authorization = '' }) => /^Bearer (.+)$/.exec(authorization)?.[1],
  errorBody: (code, message) => ({ code, message, data: null }),
  refusals: {
    wrongKey: 'The API key is missing or not valid',
    notFound: 'There is no such task',
    moderated: 'The prompt violates the rules for content',
  },
  matchCreate: (url) => createPath.exec(url.pathname)?.groups?.['route'],
  orderSchema: (route) =>
    createRequestSchema
      .superRefine((request, context) => checkRules(request, route, context))
      .transform(toOrder),
  createdBody: ({ job }) => toEnvelope({ taskId: job.id }),
  looks: [
    {
      shows: 'status_and_url',
      match(url) {
        const route = lookPath.exec(url.pathname)?.groups?.['route'];
        return route === undefined ? undefined : { route, jobId: url.searchParams.get('taskId') ?? '' };
      },
      body: toStatus,
    },
  ],
  balance: {
    match: (url) => url.pathname === '/api/v1/apikeys/current-balance',
    body: () => ({ code: 200, message: 'success', data: 100 }),
  },
  callbackMessage: (view) => ({ headers: {}, body: toStatus(view) }),
};

function checkRules(request: CreateRequest, route: string, context: z.RefinementCtx): void {
  const { mode, prompt, duration, image_urls: images = [] } = request.input;
  const isFromText = mode.endsWith('text-to-video');
  const isTimed = mode.startsWith('standard-');
  const needsUrl = request.request_type === 'callback';
  const faults = [
    isFromText && route === 'hailuo-2-3-fast' && 'Invalid mode type',
    !prompt?.trim() && 'prompt is required',
    isTooLong(prompt) && 'prompt is longer than 2000 characters',
    isFromText && images.length > 0 && `image_urls should not be given for ${mode}`,
    !isFromText && !(images.length === 1 && isWebUrl(images[0])) && `${mode} needs one URL in image_urls`,
    isTimed && duration !== 6 && duration !== 10 && `duration is 6 or 10 for ${mode}`,
    needsUrl && !isWebUrl(request.callback_url) && 'callback_url is required for callback',
  ];
  for (const message of faults) if (message) context.addIssue({ code: 'custom', message });
}

/** What pro always is, whatever duration was sent. */
const proSeconds = 6;

/** The document's own example sends a callback URL with `async`: then nobody calls back. */
function toOrder({ request_type, callback_url, input }: CreateRequest): Order {
  const [firstFrameImage] = input.image_urls ?? [];
  return {
    prompt: input.prompt ?? '',
    seconds: input.mode.startsWith('pro-') ? proSeconds : (input.duration ?? proSeconds),
    ...(firstFrameImage === undefined ? {} : { firstFrameImage }),
    ...(request_type === 'async' || callback_url === undefined
      ? {}
      : { callback: { url: callback_url, proof: '' } }),
  };
}

function toEnvelope(data: object) {
  return { code: 200, message: 'success', data };
}

const stateWords = { queued: 'pending', running: 'processing', succeeded: 'success', failed: 'failed' };

/** A failed task also has the code 200. */
function toStatus(view: JobView) {
  const { job, status, unknownStatus } = view;
  return toEnvelope({
    taskId: job.id,
    state: unknownStatus ?? stateWords[status],
    ...(unknownStatus === undefined && status === 'failed'
      ? failures[job.failure ?? 'generation']
      : { createTime: Date.parse(job.acceptedAt) }),
    ...(unknownStatus === undefined && status === 'succeeded' ? toResult(view) : {}),
  });
}

function toResult({ job, videoUrl }: JobView) {
  const completeTime = Date.parse(job.endsAt ?? job.acceptedAt);
  return {
    resultJson: JSON.stringify({ resultUrls: videoUrl === undefined ? [] : [videoUrl] }),
    completeTime,
    costTime: completeTime - Date.parse(job.acceptedAt),
  };
}

interface TaskFailure {
  readonly failCode: string;
  readonly failMsg: string;
}

const failures: Readonly<Record<FailureReason, TaskFailure>> = {
  generation: { failCode: 'GENERATION_FAILED', failMsg: 'The video could not be made' },
  content: { failCode: 'CONTENT_VIOLATION', failMsg: 'The content is against the safety rules' },
  image_unreachable: { failCode: 'INVALID_IMAGE_URL', failMsg: 'The URL of the image cannot be read' },
  not_an_image: { failCode: 'UNSUPPORTED_FORMAT', failMsg: 'The file has another format' },
};
