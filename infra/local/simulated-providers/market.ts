import type * as z from 'zod';
import {
  type ShownTask,
  toCallback,
  toCreated,
  toCredit,
  toErrorBody,
  toRecord,
} from '../../../shared/providers/market/door-answers.ts';
import {
  type CreateRequest,
  createRequestSchema,
  defaultSecondsOf,
  type MarketModel,
} from '../../../shared/providers/market/wire.ts';
import { isWebUrl } from '../../../shared/providers/web-url.ts';
import type { Dialect, JobView, Order } from './dialect.ts';
import type { FailureReason } from './job.ts';
import { isTooLong } from './order-rules.ts';

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
  return {
    name,
    newJobId,
    presentedKey: ({ authorization = '' }) => /^Bearer (.+)$/.exec(authorization)?.[1],
    errorBody: (status, message) => toErrorBody(status === 400 ? 422 : status, message),
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
    createdBody: ({ job }) => toCreated(job.id),
    looks: [
      {
        shows: 'status_and_url',
        match(url) {
          if (url.pathname !== lookPath) return undefined;
          return { route: marketRoute, jobId: url.searchParams.get('taskId') ?? '' };
        },
        body: (view) => toRecord(toShownTask(view, creditsOf)),
      },
    ],
    balance: {
      match: (url) => url.pathname === creditPath,
      body: () => toCredit(20_000),
    },
    callbackMessage: (view) => ({ headers: {}, body: toCallback(toShownTask(view)) }),
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
    seconds: Number(duration ?? defaultSecondsOf(model)),
    ...('image_url' in input ? { firstFrameImage: input.image_url } : {}),
    ...(lastFrameImage === undefined ? {} : { lastFrameImage }),
    ...(callBackUrl === undefined ? {} : { callback: { url: callBackUrl, proof: '' } }),
  };
}

const stateWords = { queued: 'waiting', running: 'generating', succeeded: 'success', failed: 'fail' };

function toShownTask(view: JobView, creditsOf?: MarketSeller['creditsOf']): ShownTask {
  const { job, status, unknownStatus, videoUrl } = view;
  const isOver = unknownStatus === undefined && (status === 'succeeded' || status === 'failed');
  const request = createRequestSchema.parse(job.request);
  const isDone = isOver && status === 'succeeded';
  return {
    taskId: job.id,
    model: request.model,
    state: unknownStatus ?? stateWords[status],
    order: request,
    videoUrl: isDone ? videoUrl : undefined,
    failure: isOver && status === 'failed' ? failures[job.failure ?? 'generation'] : undefined,
    createTime: Date.parse(job.acceptedAt),
    completeTime: isOver ? Date.parse(job.endsAt ?? job.acceptedAt) : undefined,
    creditsConsumed: isDone ? creditsOf?.(request) : undefined,
  };
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
