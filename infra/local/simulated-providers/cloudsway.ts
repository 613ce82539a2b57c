import { createHash, randomInt } from 'node:crypto';
import * as z from 'zod';
import { secondsAfter } from '../../../shared/clock.ts';
import type { Dialect, JobView, Order } from './dialect.ts';
import type { FailureReason } from './job.ts';
import { isTooLong, isWebUrl } from './order-rules.ts';

const createPath = /^\/v1\/ai\/(?<route>.+)\/hailuo\/video\/generate$/;
const taskPath = /^\/v1\/ai\/(?<route>.+)\/hailuo\/video\/task\/(?<jobId>[^/]+)$/;
const filePath = /^\/v1\/ai\/(?<route>.+)\/hailuo\/video\/file$/;

/** Cloudsway Hailuo: the model is in the path, the result comes in two steps, and nobody calls back. */
export const cloudsway: Dialect = {
  name: 'cloudsway',
  newJobId: () => `1${randomDigits(9)}${randomDigits(9)}`,
  presentedKey: ({ authorization = '' }) => /^Bearer (.+)$/.exec(authorization)?.[1],
  errorBody: (status, message) => ({ code: String(status), message }),
  refusals: {
    wrongKey: 'The access key is not valid',
    notFound: 'The task does not exist',
    moderated: 'The response was filtered',
  },
  matchCreate: (url) => createPath.exec(url.pathname)?.groups?.['route'],
  orderSchema: (route) =>
    createRequestSchema
      .superRefine((request, context) => checkRules(request, route, context))
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

/** The document's own examples send a blank for what is not given. */
const text = z.string().transform((given) => given.trim());
const imageText = text.refine(
  (given) => given === '' || isWebUrl(given) || /^data:image\/(jpeg|jpg|png);base64,/.test(given),
  'an image is a public URL or a data URL of a JPEG or PNG',
);
const createRequestSchema = z.object({
  prompt: text.default(''),
  promptOptimizer: z.boolean().optional(),
  firstFrameImage: imageText.default(''),
  subjectReference: z
    .tuple([z.object({ type: z.literal('character'), image: z.tuple([imageText]) })])
    .optional(),
});
type CreateRequest = z.output<typeof createRequestSchema>;

/** A purchased path says nothing of its model unless it is named after it; then only the prompt is checked. */
function checkRules(request: CreateRequest, route: string, context: z.RefinementCtx): void {
  const needsPrompt = /t2v(_director)?$/.test(route);
  const needsFrame = /i2v(_live|_director)?$/.test(route);
  const needsSubject = /s2v$/.test(route);
  const faults = [
    needsPrompt && request.prompt === '' && 'prompt is required',
    isTooLong(request.prompt) && 'prompt is longer than 2000 characters',
    needsFrame && request.firstFrameImage === '' && 'firstFrameImage is required',
    needsSubject && request.subjectReference === undefined && 'subjectReference is required',
  ];
  for (const message of faults) if (message) context.addIssue({ code: 'custom', message });
}

function toOrder({ prompt, firstFrameImage, subjectReference }: CreateRequest): Order {
  const subjectImage = subjectReference?.[0].image[0];
  return {
    prompt,
    ...(firstFrameImage === '' ? {} : { firstFrameImage }),
    ...(subjectImage === undefined ? {} : { subjectImage }),
  };
}

function toTask({ job, status, unknownStatus }: JobView) {
  const isDone = status === 'succeeded' && unknownStatus === undefined;
  const origin =
    status === 'failed' ? originErrors[job.failure ?? 'generation'] : { code: 0, text: 'success' };
  return {
    status: unknownStatus ?? statusWords[status],
    file_id: isDone ? originId(job.id, 'file') : '',
    // The origin's id, not the one that was asked for: as in the document.
    task_id: originId(job.id, 'task'),
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
  const fileId = originId(job.id, 'file');
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

function toUnixSeconds(at: string): number {
  return Math.floor(new Date(at).getTime() / 1000);
}

/** 15 digits, always the same for the same job. */
function originId(jobId: string, what: 'task' | 'file'): string {
  const number = createHash('sha256').update(`${what} ${jobId}`).digest().readUIntBE(0, 6);
  return `2${String(number % 1e14).padStart(14, '0')}`;
}

function randomDigits(count: number): string {
  return String(randomInt(10 ** count)).padStart(count, '0');
}
