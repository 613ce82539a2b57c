/** An error of the States Language, with the name that Retry and Catch match. The message is its Cause. */
export class StatesError extends Error {
  override readonly name = 'StatesError';
  readonly error: string;

  constructor(error: string, cause: string) {
    super(cause);
    this.error = error;
  }
}
