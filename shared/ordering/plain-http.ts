import { toOrigins } from '../media/checked-request.ts';

/**
 * Whether a URL goes by plain http to an origin that nobody vouches for: whoever fetches it again may be given
 * something else.
 */
export function isPlainHttp(text: string, trustedOrigins: readonly string[]): boolean {
  const url = URL.parse(text);
  return url?.protocol === 'http:' && !toOrigins(trustedOrigins).has(url.origin);
}
