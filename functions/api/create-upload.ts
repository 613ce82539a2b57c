import * as z from 'zod';
import { secondsAfter } from '../../shared/clock.ts';
import type { Violation } from '../../shared/domain/quote.ts';
import { InvalidRequestError } from '../../shared/errors.ts';
import { type HttpAnswer, type HttpEvent, jsonAnswer } from '../../shared/http/http-event.ts';
import { readJson } from '../../shared/http/request-body.ts';
import { maxUploadBytes, newUploadId } from '../../shared/ordering/uploads.ts';
import { uploadKey } from '../../shared/storage/media-store.ts';
import type { AccountRequest, ApiDependencies } from './api-dependencies.ts';

const presignedSeconds = 3600;

/** All optional: the file itself is judged when an order names it. */
const bodySchema = z.strictObject({
  content_type: z.enum(['image/jpeg', 'image/png', 'image/webp']).optional(),
  bytes: z.int().positive().max(maxUploadBytes).optional(),
  filename: z.string().optional(),
});

/** POST /v1/uploads: a presigned PUT, and the file id to order with, for an image too large for a request. */
export async function createUpload(
  { event, account }: AccountRequest,
  { media, clock }: ApiDependencies,
): Promise<HttpAnswer> {
  const body = parseBody(event);
  const id = newUploadId();
  const url = await media.presignPut(uploadKey(account, id), { expiresSeconds: presignedSeconds });
  const expiresAt = secondsAfter(clock.now(), presignedSeconds);
  return jsonAnswer(200, {
    id,
    object: 'upload',
    url,
    method: 'PUT',
    headers: body.content_type === undefined ? {} : { 'content-type': body.content_type },
    expires_at: Math.floor(Date.parse(expiresAt) / 1000),
  });
}

function parseBody(event: HttpEvent): z.infer<typeof bodySchema> {
  const parsed = bodySchema.safeParse(event.body ? readJson(event) : {});
  if (parsed.success) return parsed.data;
  const [first, ...others] = parsed.error.issues.map(toViolation);
  throw first === undefined ? parsed.error : new InvalidRequestError([first, ...others]);
}

function toViolation(issue: z.core.$ZodIssue): Violation {
  if (issue.code === 'unrecognized_keys') {
    const message = `${issue.keys.join(', ')}: unknown; known are content_type, bytes, filename`;
    return { param: issue.keys[0] ?? 'body', code: 'unknown_field', message };
  }
  const param = issue.path.join('.') || 'body';
  return {
    param,
    code: issue.code === 'too_big' ? 'image_size' : 'wrong_type',
    message: `${param}: ${issue.message}`,
  };
}
