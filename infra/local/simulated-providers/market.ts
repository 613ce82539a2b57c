import type * as z from 'zod';
import {
  type CreateRequest,
  createRequestSchema,
  generationFailedCode,
  type MarketModel,
} from '../../../shared/providers/market/wire.ts';
import type { Dialect, JobView, Order } from './dialect.ts';
import type { FailureReason } from './job.ts';
import { isTooLong, isWebUrl } from './order-rules.ts';

/** A provider that speaks the market dialect. */
interface MarketSeller {
  readonly name: string;
  readonly nativeModels: readonly MarketModel[];
  newJobId(): string;
  /** What a look says that a job took; absent where the provider does not say it. */
  creditsOf?(request: CreateRequest): number;
}

const createPath = '/api/v1/jobs/createTask';
const lookPath = '/api/v1/jobs/recordInfo';
const creditPath = '/api/v1/chat/credit';
/** All orders go to one path: the route says only which dialect it is of. */
export const marketRoute = 'market';

/** The market dialect: one route to order, one to look, JSON within JSON, a callback in the shape of a look. */
export function createMarketDialect({ name, nativeModels, newJobId, creditsOf }: MarketSeller) {
  const toStatus = (view: JobView) => ({ code: 200, message: 'success', data: toTask(view, creditsOf) });
  return {
    name,
    newJobId,
    presentedKey: ({ authorization = '' }) => /^Bearer (.+)$/.exec(authorization)?.[1],
    errorBody: (status, msg) => ({ code: status === 400 ? 422 : status, msg, data: null }),
    refusals: {
      wrongKey: 'The API key is missing or not valid',
      notFound: 'recordInfo is null',
      moderated: 'The prompt contains banned content',
    },
    matchCreate: (url) => (url.pathname === createPath ? marketRoute : undefined),
    orderSchema: () =>
      createRequestSchema
        .refine(({ model }) => nativeModels.includes(model), 'This model is not sold')
        .superRefine(checkRules)
        .transform(toOrder),
    createdBody: ({ job }) => ({ code: 200, msg: 'success', data: { taskId: job.id } }),
    looks: [
      {
        shows: 'status_and_url',
        match(url) {
          if (url.pathname !== lookPath) return undefined;
          return { route: marketRoute, jobId: url.searchParams.get('taskId') ?? '' };
        },
        body: toStatus,
      },
    ],
    balance: {
      match: (url) => url.pathname === creditPath,
      body: () => ({ code: 200, msg: 'success', data: 20_000 }),
    },
    callbackMessage: (view) => ({ headers: {}, body: toCallback(view) }),
    imageTypes: ['jpg', 'png', 'webp'],
  } as const satisfies Dialect;
}

/** What the schema of the wire cannot say. */
function checkRules({ model, input }: CreateRequest, context: z.RefinementCtx): void {
  const isLater = model.startsWith('hailuo/2-3-');
  const isLongAndSharp =
    'resolution' in input && input.resolution === '1080P' && 'duration' in input && input.duration === '10';
  const faults = [
    input.prompt.trim() === '' && 'prompt is required',
    isTooLong(input.prompt, isLater ? 5000 : 1500) && 'prompt is too long',
    'image_url' in input && !isWebUrl(input.image_url) && 'image_url must be a URL',
    'end_image_url' in input && !isWebUrl(input.end_image_url) && 'end_image_url must be a URL',
    isLongAndSharp && '10 seconds are not made at 1080P',
  ];
  for (const message of faults) if (message) context.addIssue({ code: 'custom', message });
}

function toOrder({ input, model, callBackUrl }: CreateRequest): Order {
  const duration = 'duration' in input ? input.duration : undefined;
  const lastFrameImage = 'end_image_url' in input ? input.end_image_url : undefined;
  return {
    prompt: input.prompt,
    seconds: Number(duration ?? defaultSeconds[model] ?? 6),
    ...('image_url' in input ? { firstFrameImage: input.image_url } : {}),
    ...(lastFrameImage === undefined ? {} : { lastFrameImage }),
    ...(callBackUrl === undefined ? {} : { callback: { url: callBackUrl, proof: '' } }),
  };
}

/** One model makes longer videos than the others when nobody asks. */
const defaultSeconds: Readonly<Partial<Record<MarketModel, number>>> = {
  'hailuo/02-image-to-video-standard': 10,
};

const stateWords = { queued: 'waiting', running: 'generating', succeeded: 'success', failed: 'fail' };

/** The task as a look shows it, its times in milliseconds. */
function toTask(view: JobView, creditsOf?: MarketSeller['creditsOf']) {
  const { job, status, unknownStatus, videoUrl } = view;
  const isOver = unknownStatus === undefined && (status === 'succeeded' || status === 'failed');
  const request = createRequestSchema.parse(job.request);
  const createTime = Date.parse(job.acceptedAt);
  const completeTime = Date.parse(job.endsAt ?? job.acceptedAt);
  const isDone = isOver && status === 'succeeded';
  return {
    taskId: job.id,
    model: request.model,
    state: unknownStatus ?? stateWords[status],
    param: JSON.stringify(request),
    resultJson: isDone && videoUrl !== undefined ? JSON.stringify({ resultUrls: [videoUrl] }) : '',
    ...(isOver && status === 'failed'
      ? failures[job.failure ?? 'generation']
      : { failCode: '', failMsg: '' }),
    ...(isOver ? { costTime: completeTime - createTime, completeTime } : {}),
    createTime,
    ...(isDone && creditsOf !== undefined ? { creditsConsumed: creditsOf(request) } : {}),
  };
}

/** As a look, but for the code of a failure and the time that it took, which is in seconds here. */
function toCallback(view: JobView) {
  const { costTime, ...data } = toTask(view);
  const code = view.status === 'failed' ? generationFailedCode : 200;
  const seconds = costTime === undefined ? {} : { costTime: Math.round(costTime / 1000) };
  return { code, msg: `The task is in the state ${data.state}`, data: { ...data, ...seconds } };
}

interface TaskFailure {
  readonly failCode: string;
  readonly failMsg: string;
}

const failures: Readonly<Record<FailureReason, TaskFailure>> = {
  generation: { failCode: '500', failMsg: 'Internal server error' },
  content: { failCode: '422', failMsg: 'The output contains sensitive content' },
  image_unreachable: { failCode: '422', failMsg: 'The image could not be downloaded' },
  not_an_image: { failCode: '422', failMsg: 'The image has another format' },
};
