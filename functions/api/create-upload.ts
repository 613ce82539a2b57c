import * as z from 'zod';
import { secondsAfter, toUnixSeconds } from '../../shared/clock.ts';
import type { Upload } from '../../shared/contract/upload.ts';
import { type HttpAnswer, type HttpEvent, jsonAnswer } from '../../shared/http/http-event.ts';
import { readJson } from '../../shared/http/request-body.ts';
import type { IssueParams } from '../../shared/ordering/describe-issue.ts';
import { parseFields, refuseIfAny } from '../../shared/ordering/parse-fields.ts';
import { maxUploadBytes, newUploadId } from '../../shared/ordering/uploads.ts';
import { uploadKey } from '../../shared/storage/media-store.ts';
import type { AccountRequest, ApiDependencies } from './api-dependencies.ts';

const presignedSeconds = 3600;

const contentTypes = ['image/jpeg', 'image/png', 'image/webp', 'video/mp4'] as const;
const tooLarge: IssueParams = { violation: 'image_size' };

/** All optional: the file itself is judged when an order names it. */
const bodySchema = z.strictObject({
  content_type: z.enum(contentTypes).optional(),
  bytes: z
    .int()
    .positive()
    .refine((bytes) => bytes <= maxUploadBytes, { params: tooLarge })
    .optional(),
});
type UploadBody = z.infer<typeof bodySchema>;

export const uploadForm = {
  schema: bodySchema,
  allowed: {
    content_type: `one of ${contentTypes.join(', ')}`,
    bytes: `a whole number from 1 to ${maxUploadBytes}`,
  },
  shown: new Set(['content_type', 'bytes']),
  example: '{"content_type": "image/png", "bytes": 5000000}',
};

/** POST /v1/uploads: a presigned PUT, and the file id to order with, for a file too large for a request. */
export async function createUpload(
  { event, account }: AccountRequest,
  { media, clock }: ApiDependencies,
): Promise<HttpAnswer> {
  const body = parseBody(event);
  const id = newUploadId();
  const key = uploadKey(account, id);
  const url = await media.presignPut(key, { expiresSeconds: presignedSeconds, bytes: body.bytes });
  const upload: Upload = {
    id,
    object: 'upload',
    url,
    method: 'PUT',
    headers: toHeaders(body),
    expires_at: toUnixSeconds(secondsAfter(clock.now(), presignedSeconds)),
  };
  return jsonAnswer(200, upload);
}

/** What the PUT must send: the length is signed, the type is kept with the file. */
function toHeaders({ content_type, bytes }: UploadBody): Record<string, string> {
  return {
    ...(content_type !== undefined && { 'content-type': content_type }),
    ...(bytes !== undefined && { 'content-length': `${bytes}` }),
  };
}

function parseBody(event: HttpEvent): UploadBody {
  const { fields, violations } = parseFields(event.body ? readJson(event) : {}, uploadForm);
  refuseIfAny(violations);
  return fields;
}
