import { type ErrorCode, maxBodyBytes } from '../errors.ts';

/** What a code of a problem means to whoever gets it, and what to do. */
export const errorMeanings: Readonly<Record<ErrorCode, string>> = {
  invalid_json: 'The body is not JSON.',
  invalid_multipart: 'The body is not multipart/form-data.',
  invalid_query: 'A parameter of the path, the query or the Prefer header is wrong; `param` names it.',
  missing_key: 'Send an API key as `Authorization: Bearer …` or `x-api-key: …`.',
  invalid_key: 'The API key is unknown or was revoked.',
  budget_exceeded: 'A budget of the account or of the key has no room for the order. Nothing was held.',
  not_found: "There is no such thing, or it is another account's: the two are not told apart.",
  video_not_ready:
    'The video has no file yet, or will not have one; `openai-poll-after-ms` says when to ask again.',
  video_in_review: 'Nobody knows yet whether its provider took money for it: it cannot be deleted.',
  video_not_retryable:
    'Only a video that failed or was canceled, and that may be ordered again, can be retried.',
  video_not_ended: 'The video goes on. Cancel it first.',
  video_ended: 'The video completed or failed before, and cannot be canceled.',
  request_too_large: `At most ${maxBodyBytes.text} bytes of JSON or ${maxBodyBytes.binary} of a form; upload larger images.`,
  unsupported_media_type: 'Send application/json or multipart/form-data.',
  invalid_request: 'The order cannot be served as it stands; `errors` lists every refused field.',
  idempotency_mismatch: 'The Idempotency-Key belongs to another order, or the retry to another webhook.',
  usage_too_large: 'More than 10,000 tasks or 1000 groups: ask for a shorter time.',
  rate_limited:
    'The API key made as many requests as it may in this minute; `Retry-After` says when the next is taken.',
  internal_error: 'A fault of ours. Repeat an order only with an Idempotency-Key.',
  temporarily_unavailable: 'Nothing was ordered. Try again.',
};
