import { imageSize } from 'image-size';
import type { Dialect, ImageType } from './dialect.ts';
import type { FailureReason } from './job.ts';

export interface ImageVerdict {
  /** Absent when there is no image, or when it was not looked at. */
  readonly size?: { readonly width: number; readonly height: number };
  readonly failure?: FailureReason;
}

const maxBytes = 20 * 1024 * 1024;
const timeoutMs = 5_000;

/** Fetches an image as a provider would. Without a network only loopback and data URLs can be seen. */
export async function checkImage(
  url: string | undefined,
  types: Dialect['imageTypes'] = ['jpg', 'png'],
): Promise<ImageVerdict> {
  if (url === undefined || !isWithinReach(url)) return {};
  const bytes = await fetchImage(url);
  return bytes === undefined ? { failure: 'image_unreachable' } : measure(bytes, types);
}

function isWithinReach(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === 'data:' || hostname === 'localhost' || hostname === '[::1]' || /^127\./.test(hostname);
}

/** Absent for whatever keeps the image away: to the provider every reason is the same. */
async function fetchImage(url: string): Promise<Uint8Array | undefined> {
  try {
    const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(timeoutMs) });
    return response.ok && response.body !== null ? await readCapped(response.body) : undefined;
  } catch {
    return undefined;
  }
}

async function readCapped(body: AsyncIterable<Uint8Array>): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function measure(bytes: Uint8Array, types: readonly ImageType[]): ImageVerdict {
  try {
    const { width, height, type } = imageSize(bytes);
    const isAllowed = types.some((allowed) => allowed === type);
    return isAllowed ? { size: { width, height } } : { failure: 'not_an_image' };
  } catch {
    return { failure: 'not_an_image' };
  }
}
