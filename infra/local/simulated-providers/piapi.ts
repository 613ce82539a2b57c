import { randomUUID } from 'node:crypto';
import type * as z from 'zod';
import { toUnixSeconds } from '../../../shared/clock.ts';
import {
  type CreateRequest,
  createRequestSchema,
  isTimed,
  pointsOf,
} from '../../../shared/providers/piapi/wire.ts';
import { isWebUrl } from '../../../shared/providers/web-url.ts';
import type { Dialect, JobView, Order } from './dialect.ts';
import type { FailureReason } from './job.ts';
import { isTooLong } from './order-rules.ts';

const createPath = '/api/v1/task';
const jobPath = /^\/api\/v1\/task\/(?<jobId>[^/]+)$/;

/** PiAPI: one route to order and one to look, a webhook with the secret in a header, money in points. */
export const piapi: Dialect = {
  name: 'piapi',
  newJobId: () => randomUUID(),
  presentedKey: ({ 'x-api-key': key }) => (typeof key === 'string' ? key : undefined),
  errorBody: (code, message) => ({ code, message, data: null }),
  refusals: {
    wrongKey: 'failed to verify api key',
    notFound: 'task not found',
    moderated: 'the prompt contains sensitive content',
  },
  matchCreate: (url) => (url.pathname === createPath ? '' : undefined),
  orderSchema: () => createRequestSchema.superRefine(checkRules).transform(toOrder),
  createdBody: toEnvelope,
  looks: [
    {
      shows: 'status_and_url',
      match: matchJob,
      body: toEnvelope,
    },
  ],
  cancel: {
    match: matchJob,
    body: ({ id }) => ({ code: 200, message: `task ${id} canceled` }),
    refusal: 'only a pending task can be canceled',
  },
  balance: {
    match: (url) => url.pathname === '/account/info',
    body: () => ({ code: 200, message: 'success', data: { is_enable: true, equivalent_in_usd: 100 } }),
  },
  callbackMessage: (view, proof, sentAt) => ({
    headers: { 'x-webhook-secret': proof },
    body: { timestamp: toUnixSeconds(sentAt), data: toTask(view, proof) },
  }),
};

function matchJob(url: URL) {
  const jobId = jobPath.exec(url.pathname)?.groups?.['jobId'];
  return jobId === undefined ? undefined : { route: '', jobId };
}

type Input = CreateRequest['input'];

function checkRules({ input }: CreateRequest, context: z.RefinementCtx): void {
  const { model, image_url: image, duration, resolution } = input;
  const isFromText = model.startsWith('t2v') || (model === 'v2.3' && image === undefined);
  const needsPrompt = isFromText || model === 's2v-01';
  const faults = [
    needsPrompt && !input.prompt && `prompt is required for ${model}`,
    isTooLong(input.prompt) && 'prompt is longer than 2000 characters',
    !isFromText && !isWebUrl(image) && `${model} needs an image_url`,
    isFromText && image !== undefined && `image_url should not be provided for ${model}`,
    pointsOf(input) === undefined &&
      `${model} is not made with duration ${duration} and resolution ${resolution}`,
  ];
  for (const message of faults) if (message) context.addIssue({ code: 'custom', message });
}

function toOrder({ input, config }: CreateRequest): Order {
  const { endpoint, secret } = config.webhook_config ?? { endpoint: '', secret: '' };
  return {
    prompt: input.prompt ?? '',
    ...(input.duration === undefined ? {} : { seconds: input.duration }),
    ...toImage(input),
    ...(endpoint === '' ? {} : { callback: { url: endpoint, proof: secret } }),
  };
}

function toImage({ model, image_url: image }: Input) {
  if (image === undefined) return {};
  return model === 's2v-01' ? { subjectImage: image } : { firstFrameImage: image };
}

function toEnvelope(view: JobView) {
  return { code: 200, message: 'success', data: toTask(view, view.job.callback?.proof ?? '') };
}

const statusWords = { queued: 'pending', running: 'processing', succeeded: 'completed', failed: 'failed' };

/** The task as create, query and webhook show it: the provider echoes the webhook's secret in `config`. */
function toTask(view: JobView, secret: string) {
  const { job, status } = view;
  const { input } = createRequestSchema.parse(job.request);
  return {
    task_id: job.id,
    model: 'hailuo',
    task_type: 'video_generation',
    status: view.unknownStatus ?? statusWords[status],
    config: {
      service_mode: 'public',
      webhook_config: { endpoint: job.callback?.url ?? '', secret },
    },
    input,
    output: status === 'failed' ? null : toOutput(view, input),
    meta: toMeta(view, input),
    detail: null,
    logs: isOver(view) ? [] : null,
    error: { code: 0, raw_message: '', message: '', detail: null, ...toError(view) },
  };
}

/** The newer models answer shortly, the document's at length. */
function toOutput(view: JobView, { model }: Input) {
  if (!isTimed(model)) return toLongOutput(view);
  return view.videoUrl === undefined ? null : { video: view.videoUrl };
}

function toLongOutput({ job, status, videoUrl = '' }: JobView) {
  const isDone = status === 'succeeded';
  return {
    percent: { queued: 0, running: 50, succeeded: 100, failed: 0 }[status],
    cover_url: '',
    video_url: videoUrl,
    download_url: videoUrl,
    desc: '',
    prompt_img_url: '',
    status: isDone ? 2 : 0,
    user_origin_prompt: isDone,
    width: isDone ? job.shape.width : 0,
    height: isDone ? job.shape.height : 0,
    model_id: isDone ? '23001' : '',
    message: '',
  };
}

/** How this API writes that something has not happened yet. */
const never = '0001-01-01T00:00:00Z';

function toMeta(view: JobView, input: Input) {
  const { job, status } = view;
  const points = pointsOf(input) ?? 0;
  return {
    created_at: toNanoseconds(job.acceptedAt),
    started_at: status === 'queued' ? never : toNanoseconds(job.runsAt),
    ended_at: isOver(view) ? toNanoseconds(job.endsAt) : never,
    usage: {
      type: 'point',
      frozen: isOver(view) ? 0 : points,
      consume: status === 'succeeded' ? points : 0,
    },
    is_using_private_pool: false,
  };
}

function toNanoseconds(at: string | undefined): string {
  return at?.replace('Z', '000000Z') ?? never;
}

function isOver({ status }: JobView): boolean {
  return status === 'succeeded' || status === 'failed';
}

const rawMessages: Readonly<Record<FailureReason, string>> = {
  generation: 'generation failed',
  content: 'the video was blocked for sensitive content',
  image_unreachable: 'failed to download the image',
  not_an_image: 'unsupported image format',
};

function toError({ job, status, isCanceled = false }: JobView) {
  if (status !== 'failed') return {};
  const reason = isCanceled ? 'the task was canceled' : rawMessages[job.failure ?? 'generation'];
  return { code: 10000, raw_message: reason, message: 'task failed' };
}
