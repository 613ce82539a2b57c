import { randomInt, randomUUID } from 'node:crypto';
import type * as z from 'zod';
import { toUnixSeconds } from '../../../shared/clock.ts';
import { type CreateRequest, createRequestSchema } from '../../../shared/providers/minimax/wire.ts';
import { isWebUrl } from '../../../shared/providers/web-url.ts';
import type { Dialect, JobView, Order } from './dialect.ts';
import type { FailureReason } from './job.ts';
import { isTooLong } from './order-rules.ts';

const moderated = 'input new_sensitive';

/** MiniMax v1: errors come with HTTP 200, the result comes in two steps, and a callback URL is challenged first. */
export const minimax: Dialect = {
  name: 'minimax',
  newJobId: () => `1${String(randomInt(1e14)).padStart(14, '0')}`,
  presentedKey: ({ authorization = '' }) => /^Bearer (.+)$/.exec(authorization)?.[1],
  errorBody: (status, message) => ({
    task_id: '',
    base_resp: { status_code: message === moderated ? 1026 : (codes[status] ?? 1000), status_msg: message },
  }),
  errorStatus: (status) => (status in codes ? 200 : status),
  refusals: {
    wrongKey: 'login fail: the API secret key is not valid',
    notFound: 'invalid params, no such task or file',
    moderated,
  },
  matchCreate: (url) => (url.pathname === '/v1/video_generation' ? '' : undefined),
  orderSchema: () => createRequestSchema.superRefine(checkRules).transform(toOrder),
  createdBody: ({ job }) => ({ task_id: job.id, base_resp: success }),
  looks: [
    {
      shows: 'status',
      match: (url) => matchQuery(url, '/v1/query/video_generation', 'task_id'),
      body: toTask,
    },
    { shows: 'url', match: (url) => matchQuery(url, '/v1/files/retrieve', 'file_id'), body: toFile },
  ],
  callbackMessage: (view) => ({ headers: {}, body: toCallback(view) }),
  challenge: { withinSeconds: 3, message: () => ({ challenge: randomUUID() }) },
  imageTypes: ['jpg', 'png', 'webp'],
};

/** The errors that come with HTTP 200; a breakdown keeps its own status. */
const codes: Readonly<Record<number, number>> = {
  400: 2013,
  401: 1004,
  402: 1008,
  403: 1004,
  404: 2013,
  429: 1002,
};
const success = { status_code: 0, status_msg: 'success' };

function matchQuery(url: URL, path: string, name: 'task_id' | 'file_id') {
  if (url.pathname !== path) return undefined;
  const id = url.searchParams.get(name) ?? '';
  return { route: '', jobId: name === 'file_id' ? id.replace(/^2/, '1') : id };
}

/** As the job's, but for its first digit. */
function fileIdOf(jobId: string): string {
  return jobId.replace(/^1/, '2');
}

function checkRules(request: CreateRequest, context: z.RefinementCtx): void {
  const { model, prompt, first_frame_image: first, last_frame_image: last, subject_reference } = request;
  const isFromSubject = model === 'S2V-01';
  const needsFrame = model.startsWith('I2V') || model.endsWith('-Fast');
  const needsPrompt = first === undefined && last === undefined && !needsFrame && !isFromSubject;
  const images = [first, last, subject_reference?.[0].image[0]];
  const faults = [
    needsPrompt && !prompt && 'prompt is required',
    isTooLong(prompt) && 'prompt is longer than 2000 characters',
    needsFrame && first === undefined && 'first_frame_image is required',
    isFromSubject !== (subject_reference !== undefined) && 'subject_reference goes with S2V-01 alone',
    /^[TS]2V/.test(model) && first !== undefined && `${model} takes no first_frame_image`,
    model !== 'MiniMax-Hailuo-02' && last !== undefined && `${model} takes no last_frame_image`,
    images.some((image) => !isImage(image)) &&
      'an image is a public URL or a data URL of a JPEG, PNG or WebP',
    !isSold(request) && `${model} does not make this duration at this resolution`,
  ];
  for (const fault of faults)
    if (fault) context.addIssue({ code: 'custom', message: `invalid params, ${fault}` });
}

function isImage(image: string | undefined): boolean {
  return image === undefined || isWebUrl(image) || /^data:image\/(jpeg|jpg|png|webp);base64,/.test(image);
}

function isSold(request: CreateRequest): boolean {
  const { model, duration = 6 } = request;
  if (!model.startsWith('MiniMax-')) return duration === 6 && (request.resolution ?? '720P') === '720P';
  const isKnownLength = duration === 6 || duration === 10;
  switch (request.resolution ?? '768P') {
    case '512P':
      return isKnownLength && model === 'MiniMax-Hailuo-02' && isFromFirstFrameAlone(request);
    case '768P':
      return isKnownLength;
    case '1080P':
      return duration === 6;
    case '720P':
      return false;
  }
}

function isFromFirstFrameAlone({ first_frame_image, last_frame_image }: CreateRequest): boolean {
  return first_frame_image !== undefined && last_frame_image === undefined;
}

function toOrder({ prompt = '', duration, ...request }: CreateRequest): Order {
  const { first_frame_image, last_frame_image, subject_reference, callback_url: url = '' } = request;
  return {
    prompt,
    ...(first_frame_image !== undefined && { firstFrameImage: first_frame_image }),
    ...(last_frame_image !== undefined && { lastFrameImage: last_frame_image }),
    ...(subject_reference !== undefined && { subjectImage: subject_reference[0].image[0] }),
    ...(duration !== undefined && { seconds: duration }),
    ...(url !== '' && { callback: { url, proof: '' } }),
  };
}

const statusWords = { queued: 'Queueing', running: 'Processing', succeeded: 'Success', failed: 'Fail' };

function toTask(view: JobView) {
  const { job, status, unknownStatus } = view;
  const isDone = status === 'succeeded' && unknownStatus === undefined;
  return {
    task_id: job.id,
    status: unknownStatus ?? statusWords[status],
    file_id: isDone ? fileIdOf(job.id) : '',
    video_width: isDone ? job.shape.width : 0,
    video_height: isDone ? job.shape.height : 0,
    base_resp: toBaseResp(view),
  };
}

const callbackWords = {
  queued: 'processing',
  running: 'processing',
  succeeded: 'success',
  failed: 'failed',
};

/** As the query shows it, but in lower case and without the video's pixels. */
function toCallback(view: JobView) {
  const { task_id, file_id, base_resp } = toTask(view);
  return { task_id, status: callbackWords[view.status], file_id, base_resp };
}

const failures: Readonly<Record<FailureReason, typeof success>> = {
  generation: { status_code: 1000, status_msg: 'unknown error' },
  content: { status_code: 1027, status_msg: 'output new_sensitive' },
  image_unreachable: { status_code: 2013, status_msg: 'invalid params, the image cannot be fetched' },
  not_an_image: { status_code: 2013, status_msg: 'invalid params, the image has an unknown format' },
};

function toBaseResp({ job, status }: JobView) {
  return status === 'failed' ? failures[job.failure ?? 'generation'] : success;
}

function toFile({ job, status, videoUrl = '' }: JobView) {
  if (status !== 'succeeded') return undefined;
  return {
    file: {
      // A number, unlike the same id in the answer to a query.
      file_id: Number(fileIdOf(job.id)),
      created_at: toUnixSeconds(job.endsAt ?? job.acceptedAt),
      filename: 'output_aigc.mp4',
      purpose: 'video_generation',
      download_url: videoUrl,
    },
    base_resp: success,
  };
}
