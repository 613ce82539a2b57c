import * as z from 'zod';
import type { FailureCode } from '../../domain/job-progress.ts';
import { failureCodeOfText } from '../failure-reading.ts';
import { failureCodeOf as failureCodeOfHost } from '../market/wire.ts';
import { statusReader } from '../status-words.ts';
import { wireId, wireNumber, wireText, wireUrl, wireWord } from '../wire-reading.ts';

/** The values of `model`. */
export const nativeModels = ['hailuo-02', 'hailuo-2-3', 'hailuo-2-3-fast'] as const;
/** The values of `aspectRatio`; the first is what a text-to-video is made in when nobody asks. */
export const aspectRatios = ['16:9', '9:16', '1:1'] as const;
export const seedRange = [10_000, 99_999] as const;

/** The body of `POST /api/v1/hailuo/generate`. That 10 s and 1080p exclude each other is a rule of its door. */
export const createRequestSchema = z.object({
  prompt: z.string(),
  imageUrl: z.string().optional(),
  model: z.enum(nativeModels).optional(),
  duration: z.literal([6, 8, 10]).optional(),
  resolution: z.enum(['720p', '1080p']).optional(),
  aspectRatio: z.enum(aspectRatios).optional(),
  seed: z.int().min(seedRange[0]).max(seedRange[1]).optional(),
  callBackUrl: z.string().optional(),
});
export type CreateRequest = z.infer<typeof createRequestSchema>;

/** A task as a look and a callback show it. The document shows no failure: its two fields are our guess. */
const wireTaskSchema = z.object({
  taskId: wireId,
  /** A number in the document. */
  status: wireWord,
  videoUrl: wireUrl,
  errorCode: wireNumber,
  errorMessage: wireText,
});
export type WireTask = z.infer<typeof wireTaskSchema>;

/** The answer of `GET /api/v1/hailuo/record-info`. */
export const envelopeSchema = z.object({
  code: wireNumber,
  data: wireTaskSchema.nullish().catch(undefined),
});

/** The body of a callback: the task without an envelope. */
export const callbackSchema = wireTaskSchema;

/** The document's numbers: one of them stands for a job that waits and for one that runs. */
export const meaningOf = statusReader({ 0: 'running', 1: 'succeeded', 2: 'failed' });

/** The document's numbers. At the models' maker 1002 and 1004 mean a rate limit and a wrong key. */
const failureCodes: Readonly<Record<number, FailureCode>> = {
  1001: 'invalid_request',
  1002: 'bad_image',
  1003: 'provider_balance',
  1004: 'invalid_request',
  1005: 'provider_rate_limited',
};

/** What a code blames, where it is one that we know. 1001 is for a missing prompt and for banned content alike. */
export function failureCodeOf(code: number, reason: string): FailureCode | undefined {
  if (code === 1001 && failureCodeOfText(reason) === 'content_rejected') return 'content_rejected';
  return failureCodes[code] ?? failureCodeOfHost(code);
}
