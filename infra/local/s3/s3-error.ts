const statuses = {
  AccessDenied: 403,
  BadDigest: 400,
  IncompleteBody: 400,
  InvalidArgument: 400,
  InvalidPart: 400,
  InvalidRange: 416,
  NoSuchBucket: 404,
  NoSuchKey: 404,
  NoSuchUpload: 404,
  NotImplemented: 501,
  PreconditionFailed: 412,
  RequestTimeTooSkewed: 403,
  SignatureDoesNotMatch: 403,
} as const;

/** A refusal in the words of S3. */
export class S3Error extends Error {
  override readonly name = 'S3Error';
  readonly code: keyof typeof statuses;
  /** The HTTP status. */
  readonly status: number;

  constructor(code: keyof typeof statuses, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.status = statuses[code];
  }
}
