import type { StreamDownload } from '../storage/stream-download.ts';
import { inspectVideo, type VideoFacts } from './inspect-video.ts';

/**
 * The facts of a video that was archived under `key`; undefined where none lies there. What lies there is whole: an
 * upload that fails leaves nothing behind. Failures of S3 are thrown.
 */
export async function inspectStored(key: string, download: StreamDownload): Promise<VideoFacts | undefined> {
  const chunks = await download(key);
  if (chunks === undefined) return undefined;
  const inspection = inspectVideo();
  for await (const chunk of chunks) inspection.push(chunk);
  return inspection.finish();
}
