import type { Readable } from 'node:stream';
import type { S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';

const partBytes = 32 * 1024 * 1024;

interface StreamedObject {
  readonly key: string;
  readonly contentType: string;
  /** The name under which browsers save it, without quotes. */
  readonly fileName: string;
  readonly body: Readable;
}

/** Stores a stream of unknown length. The object appears whole, or, when the stream or S3 fails, not at all. */
export type StreamUpload = (object: StreamedObject) => Promise<void>;

/**
 * Up to 32 MiB go as one request, more as a multipart upload of which one part at a time is held in memory.
 * Apart from the media store, because only the archive should bundle lib-storage.
 */
export function createStreamUpload(media: { client: S3Client; bucket: string }): StreamUpload {
  return async ({ key, contentType, fileName, body }) => {
    const upload = new Upload({
      client: media.client,
      partSize: partBytes,
      queueSize: 1,
      params: {
        Bucket: media.bucket,
        Key: key,
        Body: body,
        ContentType: contentType,
        ContentDisposition: `attachment; filename="${fileName}"`,
      },
    });
    await upload.done();
  };
}
