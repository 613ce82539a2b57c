import { createHash, randomInt } from 'node:crypto';
import { secondsAfter, toUnixSeconds } from '../../../shared/clock.ts';
import { fileIdOf } from '../../../shared/providers/cloudsway/door-answers.ts';
import {
  checkOrder,
  type OrderBody,
  orderBodySchema,
} from '../../../shared/providers/cloudsway/door-request.ts';
import { type EndpointKey, endpointKeys } from '../../../shared/providers/cloudsway/wire.ts';
import { toErrorBody } from '../../../shared/providers/maas/door-answers.ts';
import type { Dialect, JobView, Order } from './dialect.ts';
import type { FailureReason } from './job.ts';

const createPath = /^\/v1\/ai\/(?<route>.+)\/hailuo\/video\/generate$/;
const taskPath = /^\/v1\/ai\/(?<route>.+)\/hailuo\/video\/task\/(?<jobId>[^/]+)$/;
const filePath = /^\/v1\/ai\/(?<route>.+)\/hailuo\/video\/file$/;

/** Cloudsway Hailuo: the model is in the path, the result comes in two steps, and nobody calls back. */
export const cloudsway: Dialect = {
  name: 'cloudsway',
  newJobId: () => `1${randomDigits(9)}${randomDigits(9)}`,
  presentedKey: ({ authorization = '' }) => /^Bearer (.+)$/.exec(authorization)?.[1],
  errorBody: toErrorBody,
  refusals: {
    wrongKey: 'The access key is not valid',
    notFound: 'The task does not exist',
    moderated: 'The response was filtered',
  },
  matchCreate: (url) => createPath.exec(url.pathname)?.groups?.['route'],
  orderSchema: (route) =>
    orderBodySchema
      .superRefine((order, context) => checkOrder(order, keyOf(route), context))
      .transform(toOrder),
  createdBody: ({ job }) => ({ taskId: job.id }),
  looks: [
    {
      shows: 'status',
      match(url) {
        const { route, jobId } = taskPath.exec(url.pathname)?.groups ?? {};
        return route === undefined || jobId === undefined ? undefined : { route, jobId };
      },
      body: toTask,
    },
    {
      shows: 'url',
      match(url) {
        const route = filePath.exec(url.pathname)?.groups?.['route'];
        return route === undefined ? undefined : { route, jobId: url.searchParams.get('taskId') ?? '' };
      },
      body: toFile,
    },
  ],
};

/** A purchased path says nothing of its model unless it is named after it; then only the prompt is checked. */
function keyOf(route: string): EndpointKey | undefined {
  return endpointKeys.find((key) => route === key || route.endsWith(`_${key}`));
}

function toOrder({ prompt = '', firstFrameImage, subject }: OrderBody): Order {
  const subjectImage = subject?.value.image;
  return {
    prompt,
    ...(firstFrameImage === undefined ? {} : { firstFrameImage: firstFrameImage.value }),
    ...(subjectImage === undefined ? {} : { subjectImage }),
  };
}

function toTask({ job, status, unknownStatus }: JobView) {
  const isDone = status === 'succeeded' && unknownStatus === undefined;
  const origin =
    status === 'failed' ? originErrors[job.failure ?? 'generation'] : { code: 0, text: 'success' };
  return {
    status: unknownStatus ?? statusWords[status],
    file_id: isDone ? fileIdOf(job.id) : '',
    // The origin's id, not the one that was asked for: as in the document.
    task_id: originTaskId(job.id),
    base_resp: { status_code: origin.code, status_msg: origin.text },
    video_width: isDone ? job.shape.width : 0,
    video_height: isDone ? job.shape.height : 0,
  };
}

const statusWords = { queued: 'Queueing', running: 'Processing', succeeded: 'Success', failed: 'Fail' };

const originErrors: Readonly<Record<FailureReason, { readonly code: number; readonly text: string }>> = {
  generation: { code: 1000, text: 'unknown error' },
  content: { code: 1027, text: 'output new_sensitive' },
  image_unreachable: { code: 2013, text: 'invalid params, failed to download first_frame_image' },
  not_an_image: { code: 2013, text: 'invalid params, unsupported image format' },
};

/** How long the file lives by the answer, and how long by its URL: the document's own example differs so. */
const fileSeconds = 9 * 3600;
const urlSeconds = 99 * 3600;

function toFile({ job, status, videoUrl }: JobView, url: URL) {
  const fileId = fileIdOf(job.id);
  if (status !== 'succeeded' || url.searchParams.get('fileId') !== fileId) return undefined;
  const createdAt = job.endsAt ?? job.acceptedAt;
  return {
    fileId,
    createdAt: toUnixSeconds(createdAt),
    filename: 'output.mp4',
    purpose: 'video_generation',
    mediaUrl: videoUrl === undefined ? '' : `${videoUrl}?${signature(createdAt)}`,
    expireTime: toUnixSeconds(secondsAfter(createdAt, fileSeconds)),
  };
}

function signature(createdAt: string): string {
  const expires = toUnixSeconds(secondsAfter(createdAt, urlSeconds));
  return `Expires=${expires}&OSSAccessKeyId=simulated&Signature=c2ltdWxhdGVk%3D`;
}

/** 15 digits, always the same for the same job. */
function originTaskId(jobId: string): string {
  const number = createHash('sha256').update(`task ${jobId}`).digest().readUIntBE(0, 6);
  return `2${String(number % 1e14).padStart(14, '0')}`;
}

function randomDigits(count: number): string {
  return String(randomInt(10 ** count)).padStart(count, '0');
}
