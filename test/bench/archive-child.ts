import { existsSync, readFileSync } from 'node:fs';
import { S3Client } from '@aws-sdk/client-s3';
import { localCredentials } from '../../infra/local/function-overrides.ts';
import { archiveVideo } from '../../shared/media/archive.ts';
import { createSafeFetch } from '../../shared/media/safe-fetch.ts';
import { createStreamUpload } from '../../shared/storage/stream-upload.ts';

/**
 * In a fresh process, with the archive alone: copies the video at the URL of the first argument to the S3
 * server of the second, into the bucket of the third. Reports seconds and the process's peak memory.
 */
const [, , url = '', endpoint = '', bucket = ''] = process.argv;
const client = new S3Client({
  endpoint,
  region: 'us-east-1',
  credentials: { ...localCredentials },
  requestChecksumCalculation: 'WHEN_REQUIRED',
});
const tools = {
  safeFetch: createSafeFetch({ trustedOrigins: [new URL(url).origin] }),
  uploadStream: createStreamUpload({ client, bucket }),
};
const startedAt = performance.now();
const outcome = await archiveVideo({ url, key: 'videos/bench.mp4' }, tools);
const seconds = (performance.now() - startedAt) / 1000;
if (outcome.kind !== 'archived') throw new Error(outcome.message);
process.send?.({ seconds, bytes: outcome.bytes, peakMegabytes: peakMegabytes() });
process.disconnect?.();

/** Linux counts the parent's memory at the fork into `maxRSS`, so its own account is read where there is one. */
function peakMegabytes(): number {
  const status = '/proc/self/status';
  const [, peakKilobytes] = existsSync(status)
    ? (/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(status, 'utf8')) ?? [])
    : [];
  return Number(peakKilobytes ?? process.resourceUsage().maxRSS) / 1024;
}
