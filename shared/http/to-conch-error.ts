import { ConchError } from '../errors.ts';
import { isBusy } from '../transient-errors.ts';

/** The error to show for whatever was thrown. What was not thrown on purpose is told nobody but the log. */
export function toConchError(cause: unknown): ConchError {
  if (cause instanceof ConchError) return cause;
  if (isBusy(cause)) {
    return new ConchError('temporarily_unavailable', 'Too much at once; nothing was ordered, try again', {
      cause,
    });
  }
  return new ConchError(
    'internal_error',
    'Something unexpected happened; x-request-id finds it in the logs',
    {
      cause,
    },
  );
}
