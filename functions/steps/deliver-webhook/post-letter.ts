import type { Clock } from '../../../shared/clock.ts';
import { readRetryAfter } from '../../../shared/domain/delivery-schedule.ts';
import { shorten } from '../../../shared/domain/shown-text.ts';
import type { DeliveryAnswer } from '../../../shared/domain/webhook.ts';
import { FetchFailedError, UnsafeFetchError } from '../../../shared/errors.ts';
import type { PostAnswer, SafePost } from '../../../shared/media/safe-post.ts';
import type { Letter } from './find-letter.ts';

/** How an attempt ended. `gone`: the receiver wants nothing any more. */
export interface Posted {
  readonly kind: 'delivered' | 'failed' | 'gone';
  readonly answer: DeliveryAnswer;
  /** What the receiver asks to be left alone for; at most 24 hours. */
  readonly retryAfterSeconds?: number | undefined;
}

const maxShownBody = 500;

/** Sends once; 2xx alone is a success. */
export async function postLetter(
  { url, headers, body, takesHttp }: Letter,
  { post, clock }: { readonly post: SafePost; readonly clock: Clock },
): Promise<Posted> {
  try {
    return toPosted(await post(url, { headers, body, takesHttp }), url, clock.now());
  } catch (error) {
    if (!(error instanceof UnsafeFetchError || error instanceof FetchFailedError)) throw error;
    return { kind: 'failed', answer: { at: clock.now().toISOString(), error: error.message } };
  }
}

function toPosted({ status, headers, text }: PostAnswer, url: string, now: Date): Posted {
  const answer = { at: now.toISOString(), status, body: shorten(text, maxShownBody) };
  if (status >= 200 && status < 300) return { kind: 'delivered', answer };
  const isRedirect = status >= 300 && status < 400;
  const error = isRedirect ? describeRedirect(status, headers.location, url) : `It answered ${status}`;
  return {
    kind: status === 410 ? 'gone' : 'failed',
    answer: { ...answer, error },
    retryAfterSeconds: readRetryAfter(headers['retry-after'], now),
  };
}

/** The rest of the address may hold a secret. */
function describeRedirect(status: number, location: string | undefined, url: string): string {
  const host = location === undefined ? undefined : URL.parse(location, url)?.host;
  const towards = host === undefined ? '' : ` towards ${shorten(host)}`;
  return `It answered ${status}, a redirect${towards}; redirects are not followed: name the address itself`;
}
