import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { crc32 } from 'node:zlib';
import { decodeAwsChunks } from './aws-chunks.ts';
import { S3Error } from './s3-error.ts';
import type { S3Request } from './s3-operation.ts';

export interface ReceivedBody {
  readonly size: number;
  /** Hex. */
  readonly md5: string;
}

/**
 * Streams the request's content into a new file and checks it against the length and the checksums that came
 * with it. Leaves no file behind when it throws.
 */
export async function receiveBody(request: S3Request, path: string): Promise<ReceivedBody> {
  const trailers = new Map<string, string>();
  const digests = createDigests();
  const isChunked = request.headers.get('x-amz-content-sha256')?.startsWith('STREAMING-') === true;
  const content = isChunked ? decodeAwsChunks(request.body, trailers) : request.body;
  try {
    await pipeline(content, digests.observe, createWriteStream(path, { flags: 'wx' }));
    const received = digests.finish();
    checkContent(received, (name) => trailers.get(name) ?? request.headers.get(name) ?? undefined);
    return received;
  } catch (error) {
    await rm(path, { force: true });
    if (!isBrokenOff(error)) throw error;
    throw new S3Error('IncompleteBody', 'The client broke off the upload', { cause: error });
  }
}

function isBrokenOff(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ECONNRESET';
}

function createDigests() {
  const [md5, sha256] = [createHash('md5'), createHash('sha256')];
  let [size, checksum] = [0, 0];
  return {
    async *observe(source: AsyncIterable<Buffer>) {
      for await (const chunk of source) {
        size += chunk.length;
        checksum = crc32(chunk, checksum);
        md5.update(chunk);
        sha256.update(chunk);
        yield chunk;
      }
    },
    finish() {
      const crc = Buffer.alloc(4);
      crc.writeUInt32BE(checksum);
      return { size, md5: md5.digest('hex'), sha256: sha256.digest('hex'), crc32: crc.toString('base64') };
    },
  };
}

function checkContent(
  received: ReturnType<ReturnType<typeof createDigests>['finish']>,
  header: (name: string) => string | undefined,
) {
  const length = header('x-amz-decoded-content-length') ?? header('content-length');
  if (length !== undefined && Number(length) !== received.size) {
    throw new S3Error('IncompleteBody', `${received.size} bytes came, ${length} were announced`);
  }
  const payloadHash = header('x-amz-content-sha256');
  if (payloadHash?.length === 64 && payloadHash !== received.sha256) {
    throw new S3Error('BadDigest', 'The content does not match x-amz-content-sha256');
  }
  const checksum = header('x-amz-checksum-crc32');
  if (checksum !== undefined && checksum !== received.crc32) {
    throw new S3Error('BadDigest', 'The content does not match x-amz-checksum-crc32');
  }
}
