import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetObjectCommand, S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import type { ObjectCreated } from '../../../../infra/local/s3/s3-operation.ts';
import { startS3Server } from '../../../../infra/local/s3-server.ts';

export const Bucket = 'media';

export interface RunningS3 {
  readonly url: string;
  /** With checksums only where S3 demands them, as the gateway's functions run. */
  readonly client: S3Client;
  /** As an SDK runs that nobody has configured. */
  readonly defaultClient: S3Client;
  /** What was announced so far. */
  readonly created: readonly ObjectCreated[];
  close(): Promise<void>;
}

export async function openS3(dataDirectory: string): Promise<RunningS3> {
  const created: ObjectCreated[] = [];
  const onObjectCreated = (object: ObjectCreated) => created.push(object);
  const { url, close } = await startS3Server({ dataDirectory, bucket: Bucket, onObjectCreated });
  const client = newClient(url, { requestChecksumCalculation: 'WHEN_REQUIRED' });
  const defaultClient = newClient(url, { requestChecksumCalculation: 'WHEN_SUPPORTED' });
  return {
    url,
    client,
    defaultClient,
    created,
    async close() {
      client.destroy();
      defaultClient.destroy();
      await close();
    },
  };
}

export function newDirectory(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'conch-s3-'));
}

/** The object's text; `range` as in HTTP. */
export async function readText(client: S3Client, Key: string, range?: string): Promise<string | undefined> {
  const Range = range === undefined ? {} : { Range: range };
  const { Body } = await client.send(new GetObjectCommand({ Bucket, Key, ...Range }));
  return Body?.transformToString();
}

function newClient(endpoint: string, config: S3ClientConfig): S3Client {
  return new S3Client({ endpoint, forcePathStyle: true, maxAttempts: 1, ...config });
}
