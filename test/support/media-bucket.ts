import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { onTestFinished } from 'vitest';
import { startS3Server } from '../../infra/local/s3-server.ts';

interface MediaBucket {
  readonly client: S3Client;
  readonly bucket: string;
}

/** An empty bucket on an embedded S3 server that lives as long as the test. */
export async function startMediaBucket(): Promise<MediaBucket> {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'conch-s3-'));
  const bucket = 'media';
  const server = await startS3Server({ dataDirectory, bucket, onObjectCreated: () => undefined });
  const client = new S3Client({
    endpoint: server.url,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
  onTestFinished(async () => {
    client.destroy();
    await server.close();
    await rm(dataDirectory, { recursive: true });
  });
  return { client, bucket };
}
