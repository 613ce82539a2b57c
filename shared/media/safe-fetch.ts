import { lookup as lookupInDns } from 'node:dns/promises';
import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import { UnsafeFetchError } from '../errors.ts';
import { type CheckedRequest, parseUrl, refuseUnsafe, sendChecked, toOrigins } from './checked-request.ts';
import type { HostLookup } from './checked-socket.ts';
import { limitBody } from './limit-body.ts';

const maxRedirects = 3;
const redirectStatuses: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

interface SafeFetchLimits {
  /** From the call to the last byte of the body. */
  readonly timeoutMs: number;
  readonly maxBytes: number;
  /** Whether plain http will do, from a public address. */
  readonly takesHttp?: boolean | undefined;
}

export interface SafeResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: IncomingHttpHeaders;
  /**
   * Destroy it when it is not read to the end. Fails with FetchFailedError when it is cut off or late, with
   * ResponseTooLargeError when it grows too large.
   */
  readonly body: Readable;
}

export type SafeFetch = (url: string, limits: SafeFetchLimits) => Promise<SafeResponse>;

interface SafeFetchOptions {
  /** Origins, port included, that may be plain http and private. */
  readonly trustedOrigins: readonly string[];
  readonly lookup?: HostLookup;
}

interface Hop extends CheckedRequest {
  readonly takesHttp: boolean;
  readonly redirectsLeft: number;
}

/**
 * The only way to GET a URL that came from outside: public addresses only, and https unless a call takes http, except
 * for trusted origins; checked again at each of at most 3 redirects; a fresh connection each, without proxies or
 * credentials. Throws UnsafeFetchError for what must not be fetched, FetchFailedError for what did not answer,
 * ResponseTooLargeError for an announced length above the limit; no message holds a path or a query.
 */
export function createSafeFetch(options: SafeFetchOptions): SafeFetch {
  const trusted = toOrigins(options.trustedOrigins);
  const lookup = options.lookup ?? ((hostname) => lookupInDns(hostname, { all: true }));

  const follow = async (hop: Hop): Promise<SafeResponse> => {
    const isTrusted = trusted.has(hop.url.origin);
    refuseUnsafe(hop.url, isTrusted || hop.takesHttp);
    const response = await sendChecked(hop, isTrusted, lookup);
    const status = response.statusCode ?? 0;
    if (redirectStatuses.has(status) && response.headers.location !== undefined) {
      response.destroy();
      return follow(nextHop(hop, response.headers.location));
    }
    return { status, headers: response.headers, body: limitBody(response, hop) };
  };
  return async (url, { takesHttp = false, ...limits }) => {
    const deadline = AbortSignal.timeout(limits.timeoutMs);
    return follow({
      url: parseUrl(url),
      method: 'GET',
      headers: { accept: '*/*' },
      redirectsLeft: maxRedirects,
      takesHttp,
      limits,
      deadline,
    });
  };
}

function nextHop(hop: Hop, location: string): Hop {
  if (hop.redirectsLeft === 0) {
    throw new UnsafeFetchError(`${hop.url.hostname} redirects more than ${maxRedirects} times`);
  }
  const url = parseUrl(location, hop.url);
  if (hop.url.protocol === 'https:' && url.protocol !== 'https:') {
    throw new UnsafeFetchError(`${hop.url.hostname} redirects from https:// to ${url.protocol}//`);
  }
  return { ...hop, url, redirectsLeft: hop.redirectsLeft - 1 };
}
