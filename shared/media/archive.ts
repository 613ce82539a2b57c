import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { FetchFailedError, ResponseTooLargeError, UnsafeFetchError, VideoProbeError } from '../errors.ts';
import type { StreamUpload } from '../storage/stream-upload.ts';
import { inspectVideo, type VideoFacts } from './inspect-video.ts';
import type { SafeFetch, SafeResponse } from './safe-fetch.ts';

/** Two tries, the second from a fresh link, fit into the 10 minutes of the archiving function. */
const limits = { timeoutMs: 4 * 60_000, maxBytes: 2 * 1024 ** 3 } as const;

/** Statuses by which servers say that a link expired or never worked. */
const deadStatuses: ReadonlySet<number> = new Set([400, 401, 403, 404, 410]);

/** How archiving ended; the messages are safe to show. */
export type ArchiveOutcome =
  | ({ readonly kind: 'archived' } & VideoFacts)
  /** This URL will never give the video; a fresh one may. */
  | { readonly kind: 'dead_link'; readonly message: string }
  /** The URL works, but no MP4 video of at most 2 GiB lies there. */
  | { readonly kind: 'not_a_video'; readonly message: string }
  /** The network, the provider or S3 broke off: worth another try. */
  | { readonly kind: 'interrupted'; readonly message: string };

interface ArchiveTools {
  readonly safeFetch: SafeFetch;
  readonly uploadStream: StreamUpload;
}

/**
 * Streams the video behind `url` to `key`. The object exists only if the whole video arrived and was found
 * sound; running it twice stores the same object twice.
 */
export async function archiveVideo(
  { url, key }: { readonly url: string; readonly key: string },
  { safeFetch, uploadStream }: ArchiveTools,
): Promise<ArchiveOutcome> {
  try {
    const response = await safeFetch(url, limits);
    if (response.status === 200) return await store(response, key, uploadStream);
    response.body.destroy();
    const message = `${new URL(url).hostname} answered with status ${response.status}`;
    return { kind: deadStatuses.has(response.status) ? 'dead_link' : 'interrupted', message };
  } catch (error) {
    return toOutcome(error);
  }
}

async function store(
  response: SafeResponse,
  key: string,
  uploadStream: StreamUpload,
): Promise<ArchiveOutcome> {
  const inspection = inspectVideo();
  let facts: VideoFacts | undefined;
  const inspected = async function* () {
    for await (const chunk of response.body) {
      inspection.push(chunk);
      yield chunk;
    }
    // The upload holds back its last request until the stream ends: a throw here leaves no object behind.
    facts = inspection.finish();
  };
  const body = Readable.from(inspected(), { objectMode: false });
  try {
    await uploadStream({ key, contentType: 'video/mp4', fileName: basename(key), body });
  } catch (error) {
    // Cancelling the upload can fail as well and then hides what broke the stream.
    if (body.errored !== null) throw body.errored;
    return { kind: 'interrupted', message: `S3 did not take the video (${nameOf(error)})` };
  } finally {
    response.body.destroy();
  }
  if (facts === undefined) throw new Error(`The upload of ${key} ended before the video did`);
  return { kind: 'archived', ...facts };
}

function toOutcome(error: unknown): ArchiveOutcome {
  if (error instanceof UnsafeFetchError) return { kind: 'dead_link', message: error.message };
  if (error instanceof ResponseTooLargeError) return { kind: 'not_a_video', message: error.message };
  if (error instanceof FetchFailedError) return { kind: 'interrupted', message: error.message };
  if (!(error instanceof VideoProbeError)) throw error;
  return { kind: error.reason === 'truncated' ? 'interrupted' : 'not_a_video', message: error.message };
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'unknown error';
}
