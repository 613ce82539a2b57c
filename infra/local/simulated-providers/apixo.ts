import { randomBytes } from 'node:crypto';
import {
  stateWords,
  type TaskFailure,
  toEnvelope,
  toErrorBody,
  toStatusBody,
} from '../../../shared/providers/apixo/door-answers.ts';
import {
  type CreateRequest,
  checkOrder,
  createRequestSchema,
  isTimed,
  nativeModels,
  videoSeconds,
} from '../../../shared/providers/apixo/wire.ts';
import type { Dialect, JobView, Order } from './dialect.ts';
import type { FailureReason } from './job.ts';

const createPath = new RegExp(`^/api/v1/generateTask/(?<route>${nativeModels.join('|')})$`);
const lookPath = /^\/api\/v1\/statusTask\/(?<route>[^/]+)$/;

/** Apixo: the model is in the path, results are JSON within JSON, and callbacks repeat the status answer. */
export const apixo: Dialect = {
  name: 'apixo',
  newJobId: () => `task_${randomBytes(8).toString('hex')}`,
  presentedKey: ({ authorization = '' }) => /^Bearer (.+)$/.exec(authorization)?.[1],
  errorBody: toErrorBody,
  refusals: {
    wrongKey: 'The API key is missing or not valid',
    notFound: 'There is no such task',
    moderated: 'The prompt violates the rules for content',
  },
  matchCreate: (url) => createPath.exec(url.pathname)?.groups?.['route'],
  orderSchema: (route) =>
    createRequestSchema
      .superRefine((request, context) => checkOrder(request, route, context))
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
    body: () => toEnvelope(100),
  },
  callbackMessage: (view) => ({ headers: {}, body: toStatus(view) }),
};

/** The document's own example sends a callback URL with `async`: then nobody calls back. */
function toOrder({ request_type, callback_url, input }: CreateRequest): Order {
  const [firstFrameImage] = input.image_urls ?? [];
  return {
    prompt: input.prompt ?? '',
    seconds: (isTimed(input.mode) ? input.duration : undefined) ?? videoSeconds[0],
    ...(firstFrameImage === undefined ? {} : { firstFrameImage }),
    ...(request_type === 'async' || callback_url === undefined
      ? {}
      : { callback: { url: callback_url, proof: '' } }),
  };
}

function toStatus({ job, status, unknownStatus, videoUrl }: JobView) {
  const shown = unknownStatus === undefined ? status : undefined;
  return toStatusBody({
    taskId: job.id,
    state: unknownStatus ?? stateWords[status],
    createdAt: job.acceptedAt,
    result: shown === 'succeeded' ? { completedAt: job.endsAt ?? job.acceptedAt, videoUrl } : undefined,
    failure: shown === 'failed' ? failures[job.failure ?? 'generation'] : undefined,
  });
}

const failures: Readonly<Record<FailureReason, TaskFailure>> = {
  generation: { failCode: 'GENERATION_FAILED', failMsg: 'The video could not be made' },
  content: { failCode: 'CONTENT_VIOLATION', failMsg: 'The content is against the safety rules' },
  image_unreachable: { failCode: 'INVALID_IMAGE_URL', failMsg: 'The URL of the image cannot be read' },
  not_an_image: { failCode: 'UNSUPPORTED_FORMAT', failMsg: 'The file has another format' },
};
