import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import * as z from 'zod';
import { type ReceivedBody, receiveBody } from './receive-body.ts';
import { S3Error } from './s3-error.ts';
import type { S3Request } from './s3-operation.ts';

const uploadSchema = z.object({ key: z.string(), headers: z.record(z.string(), z.string()) });
type Upload = z.infer<typeof uploadSchema>;

/** One part as the completion names it. */
interface Part {
  readonly number: number;
  /** Hex, without quotes. */
  readonly md5: string;
}

/** Uploads under way: a directory each, so that they outlive the process. */
export interface MultipartUploads {
  start(upload: Upload): Promise<string>;
  /** What was given at the start; throws NoSuchUpload. */
  require(uploadId: string): Promise<Upload>;
  receivePart(uploadId: string, number: number, request: S3Request): Promise<ReceivedBody>;
  /** Writes the parts, in this order, to the file `path`; throws InvalidPart for one that never came. */
  assemble(uploadId: string, parts: readonly Part[], path: string): Promise<{ size: number; etag: string }>;
  discard(uploadId: string): Promise<void>;
}

export function createMultipartUploads(directory: string): MultipartUploads {
  const folder = (uploadId: string) => join(directory, z.uuid().parse(uploadId));
  const partPath = (uploadId: string, { number, md5 }: Part) => join(folder(uploadId), `${number}-${md5}`);

  return {
    async start(upload) {
      const uploadId = randomUUID();
      await mkdir(folder(uploadId), { recursive: true });
      await writeFile(join(folder(uploadId), 'upload.json'), JSON.stringify(upload));
      return uploadId;
    },

    async require(uploadId) {
      if (!z.uuid().safeParse(uploadId).success) throw noSuchUpload();
      const text = await readFile(join(folder(uploadId), 'upload.json'), 'utf8').catch(() => undefined);
      if (text === undefined) throw noSuchUpload();
      return uploadSchema.parse(JSON.parse(text));
    },

    async receivePart(uploadId, number, request) {
      const incoming = join(folder(uploadId), `incoming-${randomUUID()}`);
      const received = await receiveBody(request, incoming);
      const older = (await readdir(folder(uploadId))).filter((file) => file.startsWith(`${number}-`));
      await rename(incoming, partPath(uploadId, { number, md5: received.md5 }));
      const stale = older.filter((file) => file !== `${number}-${received.md5}`);
      for (const file of stale) await rm(join(folder(uploadId), file), { force: true });
      return received;
    },

    async assemble(uploadId, parts, path) {
      const present = new Set(await readdir(folder(uploadId)));
      const missing = parts.find(({ number, md5 }) => !present.has(`${number}-${md5}`));
      if (missing !== undefined || parts.length === 0) {
        throw new S3Error('InvalidPart', 'A named part was not found, or its ETag does not match');
      }
      for (const part of parts) {
        await pipeline(createReadStream(partPath(uploadId, part)), createWriteStream(path, { flags: 'a' }));
      }
      return { size: (await stat(path)).size, etag: toEtag(parts) };
    },

    discard: (uploadId) => rm(folder(uploadId), { recursive: true, force: true }),
  };
}

/** S3's ETag of a multipart object: the digest of the parts' digests, and their count. */
function toEtag(parts: readonly Part[]): string {
  const digests = Buffer.concat(parts.map(({ md5 }) => Buffer.from(md5, 'hex')));
  return `${createHash('md5').update(digests).digest('hex')}-${parts.length}`;
}

function noSuchUpload(): S3Error {
  return new S3Error('NoSuchUpload', 'The upload does not exist, or was completed or aborted');
}
