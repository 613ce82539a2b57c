import * as z from 'zod';
import { statusReader } from '../status-words.ts';
import { wireId, wireNumber, wireText, wireUrl, wireWord } from '../wire-reading.ts';

/** What `duration` of a new video can be; first is the document's default. */
export const videoSeconds = [2, 4, 8] as const;
/** What `extendDuration` can be; first is the document's default. */
export const addedSeconds = [4, 2] as const;
export const aspectRatios = ['16:9', '9:16', '3:4', '4:3', '1:1'] as const;

/** The body of `POST {endpointPath}/video/generate`. Its prompt is required, also with an image. */
export const generateRequestSchema = z.object({
  prompt: z.string().optional(),
  negativePrompt: z.string().optional(),
  config: z.object({ sourceImage: z.string().optional() }).optional(),
  settings: z
    .object({
      seed: z.number().optional(),
      duration: z.number().optional(),
      aspectRatio: z.string().optional(),
    })
    .optional(),
});
export type GenerateRequest = z.infer<typeof generateRequestSchema>;

/** The body of `POST {endpointPath}/video/upscale`. */
export const upscaleRequestSchema = z.object({ config: z.object({ sourceVideo: z.string() }) });
export type UpscaleRequest = z.infer<typeof upscaleRequestSchema>;

/** The body of `POST {endpointPath}/video/extend`. */
export const extendRequestSchema = z.object({
  prompt: z.string().optional(),
  negativePrompt: z.string().optional(),
  config: z.object({ sourceVideo: z.string(), extendDuration: z.number().optional() }),
  settings: z.object({ seed: z.number().optional(), guidanceScale: z.number().optional() }).optional(),
});
export type ExtendRequest = z.infer<typeof extendRequestSchema>;

/** The document writes camel case; the other API of this host answers in snake case too, so both are read. */
export const createdSchema = z
  .object({ taskId: wireId, task_id: wireId })
  .transform((wire) => ({ taskId: wire.taskId ?? wire.task_id }));

/** The answer of `GET …/video/tasks/{taskId}`. Its `progress` is not read: an example succeeds at 0.85. */
export const wireTaskSchema = z
  .object({
    status: wireWord,
    mediaUrl: wireUrl,
    media_url: wireUrl,
    expireTime: wireNumber,
    expire_time: wireNumber,
    // No field is documented for the reason of a failure: these are the usual ones.
    code: wireId,
    reason: wireText,
    message: wireText,
    msg: wireText,
    error: wireText,
  })
  .transform((wire) => ({
    status: wire.status,
    url: wire.mediaUrl ?? wire.media_url,
    /** Unix time in milliseconds. */
    expireTime: wire.expireTime ?? wire.expire_time,
    code: wire.code,
    reason: wire.reason ?? wire.message ?? wire.msg ?? wire.error,
  }));
export type WireTask = z.infer<typeof wireTaskSchema>;

/** How each status word is meant. */
export const meaningOf = statusReader({
  pending: 'queued',
  in_progress: 'running',
  success: 'succeeded',
  fail: 'failed',
});
