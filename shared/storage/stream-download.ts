import { GetObjectCommand, NoSuchKey, type S3Client } from '@aws-sdk/client-s3';

/** The bytes of an object as they arrive; undefined when there is no such object. */
export type StreamDownload = (key: string) => Promise<AsyncIterable<Uint8Array> | undefined>;

/** Objects of any size: one chunk at a time is held in memory. */
export function createStreamDownload(media: { client: S3Client; bucket: string }): StreamDownload {
  return async (key) => {
    try {
      const { Body } = await media.client.send(new GetObjectCommand({ Bucket: media.bucket, Key: key }));
      return Body?.transformToWebStream();
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined;
      throw error;
    }
  };
}
