import { lookup as lookupInDns } from 'node:dns/promises';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { parseUrl, refuseUnsafe, sendChecked, toOrigins } from './checked-request.ts';
import type { HostLookup } from './checked-socket.ts';

const limits = { timeoutMs: 10_000, maxBytes: 4096 } as const;

interface PostMessage {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Whether plain http will do, to a public address. */
  readonly takesHttp?: boolean | undefined;
}

export interface PostAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: IncomingHttpHeaders;
  /** The beginning of the body, at most 4 KB; what comes too late is left out. */
  readonly text: string;
}

export type SafePost = (url: string, message: PostMessage) => Promise<PostAnswer>;

interface SafePostOptions {
  /** Origins, port included, that may be plain http and private. */
  readonly trustedOrigins: readonly string[];
  readonly lookup?: HostLookup;
  /** 10 s unless a test cannot wait so long. */
  readonly timeoutMs?: number;
}

/**
 * The only way to POST to a URL that came from outside: as `createSafeFetch` has it, public addresses only, checked on
 * the socket, and https unless a message takes http; no redirect is followed. Throws UnsafeFetchError for what must not
 * be sent to, FetchFailedError for what did not answer within 10 s; no message holds a path or a query.
 */
export function createSafePost(options: SafePostOptions): SafePost {
  const { timeoutMs = limits.timeoutMs } = options;
  const trusted = toOrigins(options.trustedOrigins);
  const lookup = options.lookup ?? ((hostname) => lookupInDns(hostname, { all: true }));
  return async (text, { headers, body, takesHttp = false }) => {
    const url = parseUrl(text);
    const isTrusted = trusted.has(url.origin);
    refuseUnsafe(url, isTrusted || takesHttp);
    const deadline = AbortSignal.timeout(timeoutMs);
    const length = { 'content-length': `${Buffer.byteLength(body)}` };
    const request = { url, method: 'POST', headers: { ...headers, ...length }, body, deadline } as const;
    const response = await sendChecked({ ...request, limits: { ...limits, timeoutMs } }, isTrusted, lookup);
    return { status: response.statusCode ?? 0, headers: response.headers, text: await readStart(response) };
  };
}

/** The status is what counts: a body that breaks off is as good as none. */
async function readStart(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of response) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes >= limits.maxBytes) break;
    }
  } catch {
    // What came until then is all there is.
  }
  response.destroy();
  return Buffer.concat(chunks).subarray(0, limits.maxBytes).toString('utf8');
}
