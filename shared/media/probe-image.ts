import type { ImageFacts } from '../domain/video-request.ts';
import { ImageProbeError, ResponseTooLargeError } from '../errors.ts';
import { readDimensions } from './image-dimensions.ts';
import { signatureBytes, sniffFormat } from './image-format.ts';
import type { SafeFetch, SafeResponse } from './safe-fetch.ts';

const maxImageBytes = 20 * 1024 * 1024;
/** Dimensions that start behind this much metadata are not looked for. */
const maxPrefixBytes = 256 * 1024;
const timeoutMs = 10_000;

type ImageShape = Omit<ImageFacts, 'bytes'>;

/** Measures an image in memory, of at most 20 MiB. Throws ImageProbeError. */
export function probeImageBytes(bytes: Uint8Array): ImageFacts {
  if (bytes.length > maxImageBytes) {
    throw new ImageProbeError(
      'too_large',
      `The image has ${bytes.length} bytes, at most ${maxImageBytes} are allowed`,
    );
  }
  return { ...requireShape(bytes), bytes: bytes.length };
}

/**
 * Measures the image behind a URL, of at most 20 MiB, and stops downloading once all is known. Throws
 * ImageProbeError, also for a URL that must not be fetched: `unreachable`.
 */
export async function probeImageUrl(url: string, safeFetch: SafeFetch): Promise<ImageFacts> {
  try {
    const response = await safeFetch(url, { timeoutMs, maxBytes: maxImageBytes });
    return await measure(response, new URL(url).hostname).finally(() => response.body.destroy());
  } catch (cause) {
    throw toProbeError(cause);
  }
}

interface FetchedImage {
  readonly bytes: Uint8Array;
  readonly facts: ImageFacts;
}

/** Fetches and measures the image behind a URL that may be plain http. Throws ImageProbeError as `probeImageUrl` does. */
export async function fetchImage(url: string, safeFetch: SafeFetch): Promise<FetchedImage> {
  try {
    const response = await safeFetch(url, { timeoutMs, maxBytes: maxImageBytes, takesHttp: true });
    return await readAll(response, new URL(url).hostname).finally(() => response.body.destroy());
  } catch (cause) {
    throw toProbeError(cause);
  }
}

async function readAll(response: SafeResponse, host: string): Promise<FetchedImage> {
  requireFound(response, host);
  const probe = createPrefixProbe();
  const chunks: Uint8Array[] = [];
  for await (const chunk of response.body) {
    chunks.push(chunk);
    // It throws as soon as the bytes are no image's.
    probe.push(chunk);
  }
  const bytes = Buffer.concat(chunks);
  return { bytes, facts: { ...probe.finish(), bytes: bytes.length } };
}

async function measure(response: SafeResponse, host: string): Promise<ImageFacts> {
  requireFound(response, host);
  const announcedBytes = Number(response.headers['content-length'] ?? Number.NaN);
  const probe = createPrefixProbe();
  let bytes = 0;
  for await (const chunk of response.body) {
    bytes += chunk.length;
    const shape = probe.push(chunk);
    if (shape !== undefined && announcedBytes > 0) return { ...shape, bytes: announcedBytes };
  }
  return { ...probe.finish(), bytes };
}

function requireFound({ status }: SafeResponse, host: string): void {
  if (status !== 200) throw new ImageProbeError('unreachable', `${host} answered with status ${status}`);
}

/** Collects a prefix and reads it each time that it doubled: the work stays linear however small the chunks. */
function createPrefixProbe() {
  const chunks: Uint8Array[] = [];
  let length = 0;
  let nextLength = signatureBytes;
  let shape: ImageShape | undefined;
  return {
    push(chunk: Uint8Array): ImageShape | undefined {
      if (shape !== undefined) return shape;
      chunks.push(chunk);
      length += chunk.length;
      if (length < nextLength) return undefined;
      nextLength = length * 2;
      const prefix = Buffer.concat(chunks);
      shape = length < maxPrefixBytes ? findShape(prefix) : requireShape(prefix);
      return shape;
    },
    finish: (): ImageShape => shape ?? requireShape(Buffer.concat(chunks)),
  };
}

function requireShape(bytes: Uint8Array): ImageShape {
  const shape = findShape(bytes.subarray(0, maxPrefixBytes));
  if (shape === undefined) {
    throw new ImageProbeError('not_an_image', 'The image is damaged: it tells no width and height');
  }
  return shape;
}

/** Undefined when more bytes may tell. */
function findShape(prefix: Uint8Array): ImageShape | undefined {
  const sniffed = sniffFormat(prefix);
  if (sniffed.kind === 'other') {
    throw new ImageProbeError(
      'not_an_image',
      `The file is ${sniffed.name}; a JPEG, PNG or WebP image is needed`,
    );
  }
  const dimensions = readDimensions(sniffed.format, prefix);
  return dimensions && { format: sniffed.format, ...dimensions };
}

function toProbeError(cause: unknown): ImageProbeError {
  if (cause instanceof ImageProbeError) return cause;
  const reason = cause instanceof ResponseTooLargeError ? 'too_large' : 'unreachable';
  const message = cause instanceof Error ? cause.message : 'The image could not be read';
  return new ImageProbeError(reason, message, { cause });
}
