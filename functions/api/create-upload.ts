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
});
type UploadBody = z.infer<typeof bodySchema>;

/** POST /v1/uploads: a presigned PUT, and the file id to order with, for an image too large for a request. */
export async function createUpload(
  { event, account }: AccountRequest,
  { media, clock }: ApiDependencies,
): Promise<HttpAnswer> {
  const body = parseBody(event);
  const id = newUploadId();
  const key = uploadKey(account, id);
  const url = await media.presignPut(key, { expiresSeconds: presignedSeconds, bytes: body.bytes });
  const expiresAt = secondsAfter(clock.now(), presignedSeconds);
  return jsonAnswer(200, {
    id,
    object: 'upload',
    url,
    method: 'PUT',
    headers: toHeaders(body),
    expires_at: Math.floor(Date.parse(expiresAt) / 1000),
  });
}

/** What the PUT must send: the length is signed, the type is kept with the file. */
function toHeaders({ content_type, bytes }: UploadBody): Record<string, string> {
  return {
    ...(content_type !== undefined && { 'content-type': content_type }),
    ...(bytes !== undefined && { 'content-length': `${bytes}` }),
  };
}

function parseBody(event: HttpEvent): UploadBody {
  const parsed = bodySchema.safeParse(event.body ? readJson(event) : {});
  if (parsed.success) return parsed.data;
  const [first, ...others] = parsed.error.issues.map(toViolation);
  throw first === undefined ? parsed.error : new InvalidRequestError([first, ...others]);
}

function toViolation(issue: z.core.$ZodIssue): Violation {
  if (issue.code === 'unrecognized_keys') {
    const message = `${issue.keys.join(', ')}: unknown; known are ${Object.keys(bodySchema.shape).join(', ')}`;
    return { param: issue.keys[0] ?? 'body', code: 'unknown_field', message };
  }
  const param = issue.path.join('.') || 'body';
  return {
    param,
    code: issue.code === 'too_big' ? 'image_size' : 'wrong_type',
    message: `${param}: ${issue.message}`,
  };
}
