import * as z from 'zod';
import { statusReader } from '../status-words.ts';
import { wireId, wireNumber, wireText, wireUrl, wireWord } from '../wire-reading.ts';

/** The document's six models without their common prefix; also the keys of `CLOUDSWAY_ENDPOINT_PATHS`. */
export const endpointKeys = ['t2v', 'i2v', 'i2v_live', 't2v_director', 'i2v_director', 's2v'] as const;
export type EndpointKey = (typeof endpointKeys)[number];

/** Whether the model follows camera moves in brackets. */
export function isDirector(key: EndpointKey): boolean {
  return key.endsWith('_director');
}

/** The body of `POST {endpointPath}/hailuo/video/generate`. It has no model: the path chooses that. */
export const createRequestSchema = z.object({
  prompt: wireText.optional(),
  promptOptimizer: z.boolean().optional(),
  firstFrameImage: wireText.optional(),
  subjectReference: z
    .array(z.object({ type: z.literal('character'), image: z.array(z.string()).length(1) }))
    .length(1)
    .optional(),
});
export type CreateRequest = z.input<typeof createRequestSchema>;

const originStatusSchema = z
  .object({ status_code: wireNumber, statusCode: wireNumber, status_msg: wireText, statusMsg: wireText })
  .transform((wire) => ({
    code: wire.status_code ?? wire.statusCode,
    message: wire.status_msg ?? wire.statusMsg,
  }))
  .nullish()
  .catch(undefined);

export type OriginStatus = z.infer<typeof originStatusSchema>;

/** The table of the document is in camel case, its examples are in snake case: both are read. */
export const createdSchema = z
  .object({ taskId: wireId, task_id: wireId, base_resp: originStatusSchema, baseResp: originStatusSchema })
  .transform((wire) => ({
    taskId: wire.taskId ?? wire.task_id,
    originStatus: wire.base_resp ?? wire.baseResp,
  }));

/** The answer of `GET …/task/{taskId}`. Its task id is the origin's, not ours: it is not read. */
export const wireTaskSchema = z
  .object({
    status: wireWord,
    fileId: wireId,
    file_id: wireId,
    base_resp: originStatusSchema,
    baseResp: originStatusSchema,
  })
  .transform((wire) => ({
    status: wire.status,
    fileId: wire.fileId ?? wire.file_id,
    originStatus: wire.base_resp ?? wire.baseResp,
  }));

/** The answer of `GET …/file?taskId=…&fileId=…`. */
export const wireFileSchema = z
  .object({ mediaUrl: wireUrl, media_url: wireUrl, expireTime: wireNumber, expire_time: wireNumber })
  .transform((wire) => ({
    url: wire.mediaUrl ?? wire.media_url,
    /** Unix time in seconds or in milliseconds. */
    expireTime: wire.expireTime ?? wire.expire_time,
  }));

/** How each status word is meant. */
export const meaningOf = statusReader({
  preparing: 'queued',
  queueing: 'queued',
  processing: 'running',
  success: 'succeeded',
  fail: 'failed',
});
