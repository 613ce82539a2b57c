import type { Problem } from '../contract/problem.ts';
import type { Violation } from '../domain/quote.ts';
import { shorten } from '../domain/shown-text.ts';
import { type ConchError, type ErrorCode, errorStatuses } from '../errors.ts';
import { type HttpAnswer, jsonAnswer } from './http-event.ts';

const titles: Readonly<Record<ErrorCode, string>> = {
  invalid_json: 'The body is not JSON',
  invalid_multipart: 'The body is not multipart/form-data',
  invalid_query: 'A query parameter is wrong',
  missing_key: 'An API key is needed',
  invalid_key: 'The API key is not valid',
  budget_exceeded: 'The budget does not allow it',
  not_found: 'Not found',
  video_not_ready: 'The video is not ready',
  video_in_review: 'The video is in review',
  video_not_retryable: 'The video cannot be retried',
  video_not_ended: 'The video has not ended',
  video_ended: 'The video has ended',
  request_too_large: 'The body is too large',
  unsupported_media_type: 'The content type is not supported',
  invalid_request: 'The request cannot be served as it stands',
  idempotency_mismatch: 'The same order was placed differently before',
  usage_too_large: 'The usage is too large for one answer',
  rate_limited: 'Too many requests with this API key',
  internal_error: 'Internal error',
  temporarily_unavailable: 'Temporarily unavailable',
};

const challenge = 'Bearer realm="conch"';

/** OpenAI's clients retry a 409 by themselves, although a video takes minutes. */
export const codeHeaders: Readonly<Partial<Record<ErrorCode, Readonly<Record<string, string>>>>> = {
  missing_key: { 'www-authenticate': challenge },
  invalid_key: { 'www-authenticate': `${challenge}, error="invalid_token"` },
  budget_exceeded: { 'x-should-retry': 'false' },
  video_not_ready: { 'x-should-retry': 'false' },
  video_in_review: { 'x-should-retry': 'false' },
  video_not_retryable: { 'x-should-retry': 'false' },
  video_not_ended: { 'x-should-retry': 'false' },
  video_ended: { 'x-should-retry': 'false' },
  // Our own API says 422, some doors 409.
  idempotency_mismatch: { 'x-should-retry': 'false' },
  rate_limited: { 'x-should-retry': 'true' },
  temporarily_unavailable: { 'retry-after': '1', 'x-should-retry': 'true' },
};

/** Lambda's answers end at 6 MB, whatever the length of what they are about. */
const maxListed = 50;
const maxMessageLength = 4000;

/**
 * An error as RFC 9457 problem that also carries OpenAI's `error` object. `code` is the error's own; for a
 * refused request `error.code` and `param` are those of the first refused field, `errors` lists the first 50.
 */
export function toProblem(error: ConchError): Problem {
  const { code, violations } = error;
  const param = error.param === undefined ? null : shorten(error.param);
  const message = describe(error.message, violations.length);
  const status = errorStatuses[code];
  return {
    type: `urn:conch:error:${code}`,
    title: titles[code],
    status,
    detail: message,
    code,
    param,
    errors: violations.slice(0, maxListed).map(toListed),
    error: { message, type: toOpenAiType(status), code: violations[0]?.code ?? code, param },
  };
}

export function problemAnswer(error: ConchError): HttpAnswer {
  const type = { 'content-type': 'application/problem+json' };
  return jsonAnswer(errorStatuses[error.code], toProblem(error), { ...type, ...codeHeaders[error.code] });
}

function describe(message: string, refusedFields: number): string {
  const shown = shorten(message, maxMessageLength);
  if (refusedFields <= maxListed) return shown;
  return `${shown}; errors lists ${maxListed} of ${refusedFields}`;
}

function toListed({ param, code, message }: Violation): Violation {
  return { param: shorten(param), code, message: shorten(message, maxMessageLength) };
}

function toOpenAiType(status: number): Problem['error']['type'] {
  if (status >= 500) return 'api_error';
  if (status === 429) return 'rate_limit_error';
  return status === 401 ? 'authentication_error' : 'invalid_request_error';
}
