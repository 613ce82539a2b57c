import { randomBytes, randomInt } from 'node:crypto';
import {
  type ShownTask,
  statusNumbers,
  type TaskFailure,
  toCallbackBody,
  toEnvelope,
  toErrorBody,
  toRecord,
} from '../../../shared/providers/kie/door-answers.ts';
import { type CreateRequest, checkOrder, createRequestSchema } from '../../../shared/providers/kie/wire.ts';
import { type CreateRequest as MarketRequest, marketModels } from '../../../shared/providers/market/wire.ts';
import type { Dialect, JobView, Order } from './dialect.ts';
import type { FailureReason } from './job.ts';
import { createMarketDialect, marketRoute } from './market.ts';

const createPath = '/api/v1/hailuo/generate';
const lookPath = '/api/v1/hailuo/record-info';
const hailuoRoute = 'hailuo';

/** The dialect of KIE's document: numbers for states, errors of its own, a callback without an envelope. */
const hailuo = {
  name: 'kie',
  newJobId: () => `hailuo_${randomInt(36 ** 8, 36 ** 9).toString(36)}`,
  presentedKey: ({ authorization = '' }) => /^Bearer (.+)$/.exec(authorization)?.[1],
  errorBody: (status, message) => toErrorBody(toErrorCode(status, message), message),
  refusals: {
    wrongKey: 'The API key is missing or not valid',
    notFound: 'There is no such task',
    moderated: 'Invalid prompt: banned content',
  },
  matchCreate: (url) => (url.pathname === createPath ? hailuoRoute : undefined),
  orderSchema: () => createRequestSchema.superRefine(checkOrder).transform(toOrder),
  createdBody: ({ job }) => toEnvelope({ taskId: job.id, status: 0 }),
  looks: [
    {
      shows: 'status_and_url',
      match(url) {
        if (url.pathname !== lookPath) return undefined;
        return { route: hailuoRoute, jobId: url.searchParams.get('taskId') ?? '' };
      },
      body: (view) => toRecord(toShownTask(view)),
    },
  ],
  callbackMessage: (view) => ({ headers: {}, body: toCallbackBody(toShownTask(view)) }),
  imageTypes: ['jpg', 'png', 'webp'],
} as const satisfies Dialect;

const market = createMarketDialect({
  name: 'kie',
  nativeModels: marketModels,
  newJobId: () => randomBytes(16).toString('hex'),
  creditsOf,
});

const spoken = (route: string | undefined) => (route === marketRoute ? market : hailuo);

/** KIE: two dialects on one host, told apart by their paths. */
export const kie: Dialect = {
  ...hailuo,
  newJobId: (route) => spoken(route).newJobId(),
  errorBody: (status, message, route) => spoken(route).errorBody(status, message),
  matchCreate: (url) => hailuo.matchCreate(url) ?? market.matchCreate(url),
  orderSchema: (route) => spoken(route).orderSchema(),
  createdBody: (view) => spoken(view.job.route).createdBody(view),
  looks: [...hailuo.looks, ...market.looks],
  balance: market.balance,
  callbackMessage: (view) => spoken(view.job.route).callbackMessage(view),
};

/** Nothing says which HTTP statuses go with the document's codes: ours are mirrored. */
function toErrorCode(status: number, message: string): number {
  if (status === 400) return /image/i.test(message) ? 1002 : /prompt/i.test(message) ? 1001 : 1004;
  return { 402: 1003, 404: 1004, 429: 1005 }[status] ?? status;
}

function toOrder({ prompt, imageUrl, duration, callBackUrl }: CreateRequest): Order {
  return {
    prompt,
    ...(duration === undefined ? {} : { seconds: duration }),
    ...(imageUrl === undefined ? {} : { firstFrameImage: imageUrl }),
    ...(callBackUrl === undefined ? {} : { callback: { url: callBackUrl, proof: '' } }),
  };
}

function toShownTask(view: JobView): ShownTask {
  const { job, status, unknownStatus } = view;
  const isOver = unknownStatus === undefined && (status === 'succeeded' || status === 'failed');
  return {
    taskId: job.id,
    status: unknownStatus ?? statusNumbers[status],
    createdAt: job.acceptedAt,
    ...(isOver && { completedAt: job.endsAt ?? job.acceptedAt }),
    ...(isOver && status === 'succeeded' && { result: toResult(view) }),
    ...(isOver && status === 'failed' && { failure: failures[job.failure ?? 'generation'] }),
  };
}

function toResult({ job, videoUrl }: JobView) {
  const { resolution = '720p' } = createRequestSchema.parse(job.request);
  return { videoUrl, duration: job.shape.seconds, resolution };
}

const failures: Readonly<Record<FailureReason, TaskFailure>> = {
  generation: { errorMessage: 'The video could not be made' },
  content: { errorCode: 1001, errorMessage: 'Invalid prompt: banned content' },
  image_unreachable: { errorCode: 1002, errorMessage: 'Invalid image: it could not be downloaded' },
  not_an_image: { errorCode: 1002, errorMessage: 'Invalid image: it has another format' },
};

/** What the market takes for a video, as third parties report it. */
function creditsOf({ model, input }: MarketRequest): number {
  const isLong = 'duration' in input && input.duration === '10';
  const isSharp = 'resolution' in input && input.resolution === '1080P';
  switch (model) {
    case 'hailuo/02-text-to-video-pro':
    case 'hailuo/02-image-to-video-pro':
      return 57;
    case 'hailuo/2-3-image-to-video-pro':
      if (isSharp) return 80;
      return isLong ? 90 : 45;
    default:
      return isLong || isSharp ? 50 : 30;
  }
}
