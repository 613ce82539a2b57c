import * as z from 'zod';
import { unlessBlank } from '../maas/order-rules.ts';
import { statusReader } from '../status-words.ts';
import { isWebUrl } from '../web-url.ts';
import { wireId, wireNumber, wireText, wireUrl, wireWord } from '../wire-reading.ts';

/** What `duration` of a new video can be; first is the document's default. */
export const videoSeconds = [2, 4, 8] as const;
/** What `extendDuration` can be; first is the document's default. */
export const addedSeconds = [4, 2] as const;
export const aspectRatios = ['16:9', '9:16', '3:4', '4:3', '1:1'] as const;

const notAnObject = 'The body must be a JSON object';

const text = (name: string) => z.string(`${name} must be text`).optional();

const seedField = z.int('settings.seed must be a whole number').optional();

/** A number that the document lists, or none. */
function listed(name: string, allowed: readonly number[]) {
  const message = `${name} must be one of ${allowed.join(', ')}`;
  return z
    .number(message)
    .refine((given) => allowed.includes(given), message)
    .optional();
}

const imageMessage = 'config.sourceImage must be an http or https URL';
const ratioMessage = `settings.aspectRatio must be one of ${aspectRatios.join(', ')}`;

/** The body of `POST {endpointPath}/video/generate`. Its prompt is required, also with an image. */
export const generateRequestSchema = z.object(
  {
    prompt: text('prompt'),
    negativePrompt: text('negativePrompt'),
    config: z
      .object(
        {
          sourceImage: z
            .string(imageMessage)
            .trim()
            .refine((given) => given === '' || isWebUrl(given), imageMessage)
            .transform(unlessBlank)
            .optional(),
        },
        'config must be an object',
      )
      .optional(),
    settings: z
      .object(
        {
          seed: seedField,
          duration: listed('settings.duration', videoSeconds),
          aspectRatio: z
            .string(ratioMessage)
            .refine((given) => aspectRatios.some((ratio) => ratio === given), ratioMessage)
            .optional(),
        },
        'settings must be an object',
      )
      .optional(),
  },
  notAnObject,
);
export type GenerateRequest = z.infer<typeof generateRequestSchema>;

/** The same with the prompt that it requires. */
export const generateOrderSchema = generateRequestSchema.superRefine(({ prompt }, context) => {
  if (unlessBlank(prompt) !== undefined) return;
  context.addIssue({ code: 'custom', path: ['prompt'], message: 'prompt is required' });
});

const sourceRequired = 'config.sourceVideo is required: the URL of a video';
const sourceVideo = z.string(sourceRequired).trim().min(1, sourceRequired);
const configRequired = 'config is required: an object with sourceVideo';

/** The body of `POST {endpointPath}/video/upscale`. */
export const upscaleRequestSchema = z.object(
  { config: z.object({ sourceVideo }, configRequired) },
  notAnObject,
);
export type UpscaleRequest = z.infer<typeof upscaleRequestSchema>;

/** The document says nothing of its range. */
const guidanceMessage = 'settings.guidanceScale must be a number from 0 to 100';

/** The body of `POST {endpointPath}/video/extend`. */
export const extendRequestSchema = z.object(
  {
    prompt: text('prompt'),
    negativePrompt: text('negativePrompt'),
    config: z.object(
      { sourceVideo, extendDuration: listed('config.extendDuration', addedSeconds) },
      configRequired,
    ),
    settings: z
      .object(
        {
          seed: seedField,
          guidanceScale: z
            .number(guidanceMessage)
            .min(0, guidanceMessage)
            .max(100, guidanceMessage)
            .optional(),
        },
        'settings must be an object',
      )
      .optional(),
  },
  notAnObject,
);
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
