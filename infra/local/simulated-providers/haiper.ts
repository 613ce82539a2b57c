import { randomBytes } from 'node:crypto';
import type * as z from 'zod';
import { secondsAfter } from '../../../shared/clock.ts';
import { statusWords } from '../../../shared/providers/haiper/door-answers.ts';
import {
  addedSeconds,
  type ExtendRequest,
  extendRequestSchema,
  type GenerateRequest,
  generateOrderSchema,
  type UpscaleRequest,
  upscaleRequestSchema,
  videoSeconds,
} from '../../../shared/providers/haiper/wire.ts';
import { toErrorBody } from '../../../shared/providers/maas/door-answers.ts';
import { isWebUrl } from '../../../shared/providers/web-url.ts';
import type { Dialect, JobView, Order } from './dialect.ts';
import type { FailureReason } from './job.ts';

const createPath = /^\/v1\/ai\/(?<route>.+)\/video\/(?<action>generate|upscale|extend)$/;
const taskPath = /^\/v1\/ai\/(?<route>.+)\/video\/tasks\/(?<jobId>[^/]+)$/;

/** Haiper on Cloudsway: three things to order under one endpoint path, one way to look, no callback. */
export const haiper: Dialect = {
  name: 'haiper',
  newJobId: () => randomBytes(8).toString('hex'),
  presentedKey: ({ authorization = '' }) => /^Bearer (.+)$/.exec(authorization)?.[1],
  errorBody: toErrorBody,
  refusals: {
    wrongKey: 'The access key is not valid',
    notFound: 'The task does not exist',
    moderated: 'The response was filtered',
  },
  matchCreate: (url) => createPath.exec(url.pathname)?.groups?.['route'],
  orderSchema(_route, url) {
    const action = createPath.exec(url.pathname)?.groups?.['action'];
    if (action === 'upscale') return upscaleRequestSchema.superRefine(checkSource).transform(toUpscaleOrder);
    if (action === 'extend') return extendRequestSchema.superRefine(checkSource).transform(toExtendOrder);
    return generateOrderSchema.transform(toGenerateOrder);
  },
  createdBody: ({ job }) => ({ taskId: job.id }),
  looks: [
    {
      shows: 'status_and_url',
      match(url) {
        const { route, jobId } = taskPath.exec(url.pathname)?.groups ?? {};
        return route === undefined || jobId === undefined ? undefined : { route, jobId };
      },
      body: toTask,
    },
  ],
};

/** The provider knows nothing of our tasks: a source is a URL here. */
function checkSource({ config }: UpscaleRequest, context: z.RefinementCtx): void {
  if (isWebUrl(config.sourceVideo)) return;
  context.addIssue({ code: 'custom', message: 'sourceVideo is no http or https URL' });
}

function toGenerateOrder({ prompt = '', config, settings }: GenerateRequest): Order {
  const firstFrameImage = config?.sourceImage;
  const seconds = settings?.duration ?? videoSeconds[0];
  return { prompt, seconds, ...(firstFrameImage === undefined ? {} : { firstFrameImage }) };
}

/** Nobody measures the source here: it counts as one of this length. */
const sourceSeconds = 4;

function toUpscaleOrder({ config }: UpscaleRequest): Order {
  return { prompt: '', sourceVideo: config.sourceVideo, seconds: sourceSeconds };
}

function toExtendOrder({ prompt = '', config }: ExtendRequest): Order {
  const seconds = sourceSeconds + (config.extendDuration ?? addedSeconds[0]);
  return { prompt, sourceVideo: config.sourceVideo, seconds };
}

/** A job that is done shows less than 1: as in the document's own example. */
const progressShown = { queued: 0, running: 0.42, succeeded: 0.85, failed: 0 };

function toTask({ job, status, unknownStatus, videoUrl = '' }: JobView) {
  const isDone = status === 'succeeded' && unknownStatus === undefined;
  return {
    status: unknownStatus ?? statusWords[status],
    mediaUrl: isDone ? videoUrl : '',
    expireTime: isDone ? toExpireTime(job.endsAt ?? job.acceptedAt) : 0,
    progress: progressShown[status],
    // The document shows no job that failed, and no field for its reason: this one is ours.
    ...(status === 'failed' && { message: failureMessages[job.failure ?? 'generation'] }),
  };
}

const failureMessages: Readonly<Record<FailureReason, string>> = {
  generation: 'generation failed',
  content: 'the response was filtered',
  image_unreachable: 'failed to download sourceImage',
  not_an_image: 'sourceImage has an unsupported image format',
};

/** The document says in which unit, not how long: as long as the other API of this host. */
const linkSeconds = 9 * 3600;

function toExpireTime(endedAt: string): number {
  return new Date(secondsAfter(endedAt, linkSeconds)).getTime();
}
