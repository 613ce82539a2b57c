import type { Violation } from './domain/quote.ts';

/**
 * Every error that an edge may show, with the HTTP status of its `code`. The codes are part of the public
 * contract; 402, 422 and 429 mean that nothing was sent to a provider and nothing was held.
 */
export const errorStatuses = {
  invalid_json: 400,
  invalid_multipart: 400,
  invalid_query: 400,
  missing_key: 401,
  invalid_key: 401,
  budget_exceeded: 402,
  not_found: 404,
  video_not_ready: 409,
  video_in_review: 409,
  video_not_retryable: 409,
  video_not_ended: 409,
  video_ended: 409,
  request_too_large: 413,
  unsupported_media_type: 415,
  invalid_request: 422,
  idempotency_mismatch: 422,
  usage_too_large: 422,
  rate_limited: 429,
  internal_error: 500,
  temporarily_unavailable: 503,
} as const;
export type ErrorCode = keyof typeof errorStatuses;

interface ConchErrorOptions extends ErrorOptions {
  /** The public name of the field at fault. */
  readonly param?: string;
  /** Every refused field, for `invalid_request`. */
  readonly violations?: readonly Violation[];
}

/** The base of every error that Conch throws on purpose. Its message is safe to show to the caller. */
export class ConchError extends Error {
  override readonly name: string = 'ConchError';
  readonly code: ErrorCode;
  readonly param: string | undefined;
  readonly violations: readonly Violation[];

  constructor(code: ErrorCode, message: string, options: ConchErrorOptions = {}) {
    super(message, options);
    this.code = code;
    this.param = options.param ?? options.violations?.[0]?.param;
    this.violations = options.violations ?? [];
  }
}

/** The request cannot be served as it stands; says so for each field. */
export class InvalidRequestError extends ConchError {
  override readonly name = 'InvalidRequestError';

  constructor(violations: readonly [Violation, ...Violation[]]) {
    const others = violations.length - 1;
    const rest = others === 0 ? '' : ` (and ${others} more, see errors)`;
    super('invalid_request', violations[0].message + rest, { violations });
  }
}

/** Nothing is there, or it belongs to somebody else: the two are not told apart. */
export class NotFoundError extends ConchError {
  override readonly name = 'NotFoundError';

  constructor(what: string) {
    super('not_found', `${what} does not exist`);
  }
}

/** The largest bodies in bytes: what fits, beside the rest of an event, into Lambda's payload of 6 MB. */
export const maxBodyBytes = {
  text: 6_000_000,
  /** Forms and files: they travel in base64, four characters for three bytes. */
  binary: 4_600_000,
} as const;

/** A body over the limits; says what they are, and where a large image belongs. */
export class RequestTooLargeError extends ConchError {
  override readonly name = 'RequestTooLargeError';
  /** What a provider's own API says, which has neither forms nor uploads. */
  readonly doorMessage: string;

  constructor(what: string) {
    const limits = `at most ${maxBodyBytes.text} bytes of JSON or ${maxBodyBytes.binary} of a form are allowed`;
    const hint = 'send larger images through POST /v1/uploads and name them by file_id';
    super('request_too_large', `${what}; ${limits}; ${hint}`);
    this.doorMessage = `${what}; at most ${maxBodyBytes.text} bytes of JSON are allowed; give larger images by their URLs`;
  }
}

/** A step met something that passes by itself; the state machine retries it by this name. */
export class TransientStepError extends Error {
  override readonly name = 'TransientStepError';
}

/** A URL from outside that must not be fetched. The message says why and is safe to show. */
export class UnsafeFetchError extends Error {
  override readonly name = 'UnsafeFetchError';
}

/** A URL that may be fetched, but the network or the server did not deliver. Its message is safe to show. */
export class FetchFailedError extends Error {
  override readonly name = 'FetchFailedError';
}

/** A response with more bytes than its reader allows. Its message is safe to show. */
export class ResponseTooLargeError extends Error {
  override readonly name = 'ResponseTooLargeError';
}

/** An image that cannot be measured. Its message is safe to show. */
export class ImageProbeError extends Error {
  override readonly name = 'ImageProbeError';
  readonly reason: 'unreachable' | 'not_an_image' | 'too_large';

  constructor(reason: ImageProbeError['reason'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}

/** A file that is no MP4 video, or only the beginning of one. Its message is safe to show. */
export class VideoProbeError extends Error {
  override readonly name = 'VideoProbeError';
  readonly reason: 'not_a_video' | 'truncated';

  constructor(reason: VideoProbeError['reason'], message: string) {
    super(message);
    this.reason = reason;
  }
}
