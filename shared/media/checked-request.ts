import { type ClientRequest, type IncomingMessage, type OutgoingHttpHeaders, request } from 'node:http';
import { UnsafeFetchError } from '../errors.ts';
import { type HostLookup, openCheckedSocket } from './checked-socket.ts';
import { type Fetching, toFetchError } from './fetch-error.ts';

export interface CheckedRequest extends Fetching {
  readonly method: 'GET' | 'POST';
  readonly headers: OutgoingHttpHeaders;
  readonly body?: string;
}

export function toOrigins(urls: readonly string[]): ReadonlySet<string> {
  return new Set(urls.map((url) => new URL(url).origin));
}

/** Throws UnsafeFetchError for what is not https, nor http where that is taken, and for a URL with credentials. */
export function refuseUnsafe(url: URL, takesHttp: boolean): void {
  if (url.protocol !== 'https:' && !(takesHttp && url.protocol === 'http:')) {
    const fetched = takesHttp ? 'http:// and https:// are fetched' : 'https:// is fetched';
    throw new UnsafeFetchError(`${describeAddress(url)}, only ${fetched}`);
  }
  if (url.username !== '' || url.password !== '') {
    throw new UnsafeFetchError(`The URL of ${url.hostname} holds credentials, so it is not fetched`);
  }
}

/** Not every scheme has a host, or the slashes before one. */
function describeAddress({ hostname, protocol }: URL): string {
  return hostname === ''
    ? `The URL is addressed by ${protocol}`
    : `${hostname} is addressed by ${protocol}//`;
}

/** Sends over a fresh, checked connection, and resolves as soon as the answer begins; follows no redirect. */
export async function sendChecked(
  checked: CheckedRequest,
  isTrusted: boolean,
  lookup: HostLookup,
): Promise<IncomingMessage> {
  const { url, method, headers, deadline, body } = checked;
  try {
    const socket = await openCheckedSocket({ url, isTrusted, lookup, signal: deadline });
    const outgoing = request({
      createConnection: () => socket,
      method,
      path: url.pathname + url.search,
      headers: { host: url.host, 'accept-encoding': 'identity', 'user-agent': 'conch', ...headers },
      signal: deadline,
    });
    return await answerTo(outgoing, body);
  } catch (error) {
    throw toFetchError(error, checked);
  }
}

function answerTo(outgoing: ClientRequest, body: string | undefined): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    outgoing.once('response', resolve);
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

export function parseUrl(text: string, base?: URL): URL {
  const url = URL.parse(text, base?.href);
  if (url === null) throw new UnsafeFetchError('The URL is malformed');
  return url;
}
