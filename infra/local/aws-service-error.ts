/** A refusal by an embedded AWS service, in the words of AWS: `code` is the exception's name on the wire. */
export class AwsServiceError extends Error {
  override readonly name = 'AwsServiceError';
  readonly code: string;
  /** Further fields of the error body, for example `CancellationReasons`. */
  readonly details: object;

  constructor(code: string, message: string, details: object = {}) {
    super(message);
    this.code = code;
    this.details = details;
  }
}
