import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { ImageFormat } from '../domain/video-request.ts';
import { ResponseTooLargeError } from '../errors.ts';

/** What the bucket tells about an object without sending it. */
interface StoredObject {
  readonly bytes: number;
  readonly etag: string;
  readonly contentType: string;
  /** The task that wrote it, where that was written down. */
  readonly taskId?: string;
}

/** What an object says of itself: its media type, or that and the task that writes it. */
type ObjectType = string | { readonly contentType: string; readonly taskId: string };

/** The media bucket. Failures of S3 are thrown as the SDK throws them. */
export interface MediaStore {
  /** Its name, as in `s3://` addresses. */
  readonly bucket: string;
  putObject(key: string, body: Uint8Array | string, type: ObjectType): Promise<void>;
  /** Undefined when there is no such object; throws ResponseTooLargeError above `maxBytes`. */
  getBytes(key: string, limits: { readonly maxBytes: number }): Promise<Uint8Array | undefined>;
  /** At most `count` bytes from the beginning; undefined when there is no such object. */
  getFirstBytes(key: string, count: number): Promise<Uint8Array | undefined>;
  headObject(key: string): Promise<StoredObject | undefined>;
  /** Atomic; replaces what lies under `to`. */
  copyObject(from: string, to: string, type: ObjectType): Promise<void>;
  /** Deleting what is not there is done, too. */
  deleteObject(key: string): Promise<void>;
  /** Deletes an object only if it is still what `headObject` saw; else somebody else's write stays. */
  deleteUnchanged(key: string, etag: string): Promise<void>;
  /** The link dies with the signer's session: sign it when it is needed, never store it. */
  presignGet(key: string, options: { readonly expiresSeconds: number }): Promise<string>;
  /** As `presignGet`, but for a HEAD: a signature is good for one method. */
  presignHead(key: string, options: { readonly expiresSeconds: number }): Promise<string>;
  presignPut(key: string, options: PutOptions): Promise<string>;
}

interface PutOptions {
  readonly expiresSeconds: number;
  /** Signed: a body of another length is refused. Absent allows any length. */
  readonly bytes?: number | undefined;
}

interface Bucket {
  readonly client: S3Client;
  readonly bucket: string;
}

/**
 * A client whose presigned PUT takes any body: by default the SDK signs the checksum of an empty one into
 * the URL.
 */
export function createS3Client(): S3Client {
  return new S3Client({
    // Works on AWS and on every other endpoint, whatever its host name.
    forcePathStyle: true,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
}

export function createMediaStore(media: Bucket): MediaStore {
  const { client } = media;
  const at = (key: string) => ({ Bucket: media.bucket, Key: key });
  return {
    bucket: media.bucket,
    getBytes: (key, { maxBytes }) => getBytes(media, key, maxBytes),
    getFirstBytes: (key, count) => getFirstBytes(media, key, count),
    headObject: (key) => headObject(media, key),
    async putObject(key, body, type) {
      await client.send(new PutObjectCommand({ ...at(key), Body: body, ...toHeaders(type) }));
    },
    async deleteObject(key) {
      await client.send(new DeleteObjectCommand(at(key)));
    },
    async deleteUnchanged(key, etag) {
      await client.send(new DeleteObjectCommand({ ...at(key), IfMatch: etag })).catch(undefinedWhenChanged);
    },
    async copyObject(from, to, type) {
      const CopySource = [media.bucket, ...from.split('/')].map(encodeURIComponent).join('/');
      const described = { ...at(to), ...toHeaders(type), MetadataDirective: 'REPLACE' as const };
      await client.send(new CopyObjectCommand({ ...described, CopySource }));
    },
    presignGet(key, { expiresSeconds }) {
      return getSignedUrl(client, new GetObjectCommand(at(key)), { expiresIn: expiresSeconds });
    },
    presignHead(key, { expiresSeconds }) {
      return getSignedUrl(client, new HeadObjectCommand(at(key)), { expiresIn: expiresSeconds });
    },
    presignPut(key, { expiresSeconds, bytes }) {
      const command = new PutObjectCommand({ ...at(key), ContentLength: bytes });
      return getSignedUrl(client, command, { expiresIn: expiresSeconds });
    },
  };
}

async function getBytes(
  { client, bucket }: Bucket,
  key: string,
  maxBytes: number,
): Promise<Uint8Array | undefined> {
  const command = new GetObjectCommand({ Bucket: bucket, Key: key });
  const object = await client.send(command).catch(undefinedWhenAbsent);
  if (object?.Body === undefined) return undefined;
  if ((object.ContentLength ?? 0) <= maxBytes) return object.Body.transformToByteArray();
  await object.Body.transformToWebStream().cancel();
  throw new ResponseTooLargeError(
    `${key} has ${object.ContentLength} bytes, at most ${maxBytes} are allowed`,
  );
}

async function getFirstBytes(
  { client, bucket }: Bucket,
  key: string,
  count: number,
): Promise<Uint8Array | undefined> {
  const command = new GetObjectCommand({ Bucket: bucket, Key: key, Range: `bytes=0-${count - 1}` });
  try {
    return await (await client.send(command)).Body?.transformToByteArray();
  } catch (error) {
    // So S3 answers a range of an object without a byte.
    if (error instanceof S3ServiceException && error.name === 'InvalidRange') return new Uint8Array();
    return undefinedWhenAbsent(error);
  }
}

async function headObject({ client, bucket }: Bucket, key: string): Promise<StoredObject | undefined> {
  const command = new HeadObjectCommand({ Bucket: bucket, Key: key });
  const head = await client.send(command).catch(undefinedWhenAbsent);
  if (head === undefined) return undefined;
  const taskId = head.Metadata?.[taskIdName];
  return {
    bytes: head.ContentLength ?? 0,
    etag: head.ETag ?? '',
    contentType: head.ContentType ?? '',
    ...(taskId !== undefined && { taskId }),
  };
}

/** As metadata of the object, `x-amz-meta-…` in HTTP. */
const taskIdName = 'conch-task';

function toHeaders(type: ObjectType) {
  if (typeof type === 'string') return { ContentType: type };
  return { ContentType: type.contentType, Metadata: { [taskIdName]: type.taskId } };
}

const absent = ['NoSuchKey', 'NotFound'];

function undefinedWhenAbsent(error: unknown): undefined {
  if (error instanceof S3ServiceException && absent.includes(error.name)) return undefined;
  throw error;
}

/** The second is S3's answer when another write was faster by a moment. */
const changed = ['PreconditionFailed', 'ConditionalRequestConflict'];

function undefinedWhenChanged(error: unknown): undefined {
  if (error instanceof S3ServiceException && changed.includes(error.name)) return undefined;
  return undefinedWhenAbsent(error);
}

const extensions = { jpeg: 'jpg', png: 'png', webp: 'webp' } as const satisfies Record<ImageFormat, string>;

/** Where the finished video of a task lies. */
export function videoKey(taskId: string): string {
  return `videos/${taskId}.mp4`;
}

/** The task whose finished video lies there; absent for any other key. */
export function taskIdOfVideo(key: string): string | undefined {
  return /^videos\/([0-9a-f]{16})\.mp4$/.exec(key)?.[1];
}

/** Where an image that came in a request lies: the same image of an account is kept once. */
export function inputKey(account: string, sha256: string, format: ImageFormat): string {
  return `inputs/${account}/${sha256}.${extensions[format]}`;
}

/** Where a client puts an image that is too large for a request. */
export function uploadKey(account: string, fileId: string): string {
  return `inputs/${account}/uploads/${fileId}`;
}
