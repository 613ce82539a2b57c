import { FetchFailedError, UnsafeFetchError } from '../errors.ts';
import { filmName, signatureBytes, sniffFormat } from './image-format.ts';
import type { SafeFetch, SafeResponse } from './safe-fetch.ts';

/** How many bytes from the beginning of a file are looked at. */
export const lookedAtBytes = signatureBytes;
const timeoutMs = 10_000;

/** What lies where a video should be; the messages are safe to show. */
export type VideoLook =
  | { readonly kind: 'video' }
  | { readonly kind: 'unreachable' | 'not_a_video'; readonly message: string };

/** Tells by its first bytes whether a file is an MP4 or MOV video: both begin with an `ftyp` box. */
export function lookAtVideoBytes(prefix: Uint8Array): VideoLook {
  const sniffed = sniffFormat(prefix);
  if (sniffed.kind === 'other' && sniffed.name === filmName) return { kind: 'video' };
  return { kind: 'not_a_video', message: 'The file is no MP4 or MOV video: one begins with an ftyp box' };
}

/** Looks at the video behind a URL, which may be plain http where that is taken, and hangs up after its first bytes. */
export async function lookAtVideoUrl(
  url: string,
  safeFetch: SafeFetch,
  takesHttp = false,
): Promise<VideoLook> {
  try {
    // However long the video is, only its beginning is read.
    const response = await safeFetch(url, { timeoutMs, maxBytes: Number.MAX_SAFE_INTEGER, takesHttp });
    if (response.status === 200) return lookAtVideoBytes(await readPrefix(response));
    response.body.destroy();
    const message = `${new URL(url).hostname} answered with status ${response.status}`;
    return { kind: 'unreachable', message };
  } catch (error) {
    if (!(error instanceof UnsafeFetchError || error instanceof FetchFailedError)) throw error;
    return { kind: 'unreachable', message: error.message };
  }
}

/** Leaving the loop closes the connection. */
async function readPrefix({ body }: SafeResponse): Promise<Uint8Array> {
  let prefix = new Uint8Array();
  for await (const chunk of body) {
    prefix = Buffer.concat([prefix, chunk]);
    if (prefix.length >= lookedAtBytes) break;
  }
  return prefix;
}
