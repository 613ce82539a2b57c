import { type ConchError, type ErrorCode, RequestTooLargeError } from '../../shared/errors.ts';
import { type HttpAnswer, jsonAnswer } from '../../shared/http/http-event.ts';
import { codeHeaders } from '../../shared/http/problem.ts';
import type { Door, DoorError } from '../../shared/providers/door.ts';

const kinds = {
  invalid_json: 'malformed',
  invalid_multipart: 'malformed',
  invalid_query: 'parameter',
  missing_key: 'unauthorized',
  invalid_key: 'unauthorized',
  budget_exceeded: 'no_budget',
  not_found: 'not_found',
  video_not_ready: 'conflict',
  video_ended: 'conflict',
  video_in_review: 'conflict',
  video_not_ended: 'conflict',
  video_not_retryable: 'conflict',
  request_too_large: 'too_large',
  unsupported_media_type: 'malformed',
  invalid_request: 'parameter',
  idempotency_mismatch: 'conflict',
  usage_too_large: 'parameter',
  rate_limited: 'rate_limited',
  internal_error: 'internal',
  temporarily_unavailable: 'unavailable',
} as const satisfies Record<ErrorCode, DoorError['kind']>;

type Names = Readonly<Record<string, string>>;

/** An error in the shape and with the codes of the door's API; `names` are the client's for our fields. */
export function answerError(door: Door, error: ConchError, names: Names = {}): HttpAnswer {
  const { status, body } = door.errorAnswer(toDoorError(error, names));
  return jsonAnswer(status, body, codeHeaders[error.code]);
}

function toDoorError(error: ConchError, names: Names): DoorError {
  const { code, violations, param } = error;
  const [violation] = violations;
  if (violation === undefined) {
    const message = error instanceof RequestTooLargeError ? error.doorMessage : error.message;
    return { kind: kinds[code], message, param };
  }
  const name = names[violation.param] ?? violation.param;
  const text = violation.message.startsWith(`${violation.param}`)
    ? `${name}${violation.message.slice(violation.param.length)}`
    : violation.message;
  return { kind: kindOf(violation.param), message: text, param: name };
}

function kindOf(param: string): DoorError['kind'] {
  if (param === 'prompt' || param === 'negative_prompt') return 'prompt';
  return /image|frame|input_reference|source_video/.test(param) ? 'image' : 'parameter';
}
