import * as z from 'zod';
import { resolutions } from '../../domain/video-request.ts';
import { statusReader } from '../status-words.ts';
import { wireId, wireNumber, wireText, wireUrl, wireWord } from '../wire-reading.ts';

/** The values of `model`. */
export const nativeModels = [
  'MiniMax-Hailuo-2.3',
  'MiniMax-Hailuo-2.3-Fast',
  'MiniMax-Hailuo-02',
  'T2V-01',
  'I2V-01',
  'I2V-01-live',
  'T2V-01-Director',
  'I2V-01-Director',
  'S2V-01',
] as const;
export type NativeModel = (typeof nativeModels)[number];

/** The body of `POST /v1/video_generation`. */
export const createRequestSchema = z.object({
  model: z.enum(nativeModels),
  prompt: z.string().optional(),
  prompt_optimizer: z.boolean().optional(),
  first_frame_image: z.string().optional(),
  last_frame_image: z.string().optional(),
  subject_reference: z
    .tuple([z.object({ type: z.literal('character'), image: z.tuple([z.string()]) })])
    .optional(),
  duration: z.int().optional(),
  resolution: z.enum(resolutions).optional(),
  callback_url: z.string().optional(),
});
export type CreateRequest = z.infer<typeof createRequestSchema>;

/** What every answer ends with: errors come with HTTP 200 and a code here that is not 0. */
const baseRespSchema = z.object({ status_code: wireNumber, status_msg: wireText }).nullish().catch(undefined);
export type BaseResp = z.infer<typeof baseRespSchema>;

/** The answer to create. */
export const createdSchema = z.object({ task_id: wireId, base_resp: baseRespSchema });

/** The answer to a query, and the body of a callback. */
export const wireTaskSchema = z.object({
  task_id: wireId,
  status: wireWord,
  file_id: wireId,
  base_resp: baseRespSchema,
});

/** The answer of `GET /v1/files/retrieve`. Its file id, a number here, is not read. */
export const fileAnswerSchema = z.object({
  file: z.object({ download_url: wireUrl }).nullish().catch(undefined),
});

/** What comes before the first callback, and shall be sent back. */
export const challengeSchema = z.object({ challenge: z.string() });

/** How each status word of queries and callbacks is meant. */
export const meaningOf = statusReader({
  preparing: 'queued',
  queueing: 'queued',
  processing: 'running',
  success: 'succeeded',
  fail: 'failed',
  failed: 'failed',
});
