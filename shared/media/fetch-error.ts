import { FetchFailedError, ResponseTooLargeError, UnsafeFetchError } from '../errors.ts';

/** What is under way: enough to say what went wrong without a path, a query or a secret. */
export interface Fetching {
  readonly url: URL;
  readonly limits: { readonly timeoutMs: number; readonly maxBytes: number };
  readonly deadline: AbortSignal;
}

/** The error to show for whatever broke a fetch. */
export function toFetchError(error: unknown, { url, limits, deadline }: Fetching): Error {
  if (error instanceof UnsafeFetchError) return error;
  if (error instanceof ResponseTooLargeError || error instanceof FetchFailedError) return error;
  if (deadline.aborted) {
    return new FetchFailedError(`${url.hostname} took longer than ${limits.timeoutMs / 1000} s`);
  }
  const reason = error instanceof Error && 'code' in error ? String(error.code) : 'connection lost';
  return new FetchFailedError(`${url.hostname} could not be fetched (${reason})`, { cause: error });
}
