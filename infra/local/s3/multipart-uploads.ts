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

/** Begins an upload and returns its id. Each is a folder in `directory`, so that it outlives the process. */
export async function startUpload(directory: string, upload: Upload): Promise<string> {
  const uploadId = randomUUID();
  await mkdir(join(directory, uploadId), { recursive: true });
  await writeFile(join(directory, uploadId, 'upload.json'), JSON.stringify(upload));
  return uploadId;
}

/** What was given at the start, and the upload's folder; throws NoSuchUpload. */
export async function requireUpload(
  directory: string,
  uploadId: string,
): Promise<Upload & { folder: string }> {
  const folder = join(directory, z.uuid().safeParse(uploadId).data ?? 'no-such-upload');
  const text = await readFile(join(folder, 'upload.json'), 'utf8').catch(() => undefined);
  if (text !== undefined) return { ...uploadSchema.parse(JSON.parse(text)), folder };
  throw new S3Error('NoSuchUpload', 'The upload does not exist, or was completed or aborted');
}

/** A part that comes again replaces the older one. */
export async function receivePart(folder: string, number: number, request: S3Request): Promise<ReceivedBody> {
  const incoming = join(folder, `incoming-${randomUUID()}`);
  const received = await receiveBody(request, incoming);
  const name = toFileName({ number, md5: received.md5 });
  await rename(incoming, join(folder, name));
  const stale = (await readdir(folder)).filter((file) => file.startsWith(`${number}-`) && file !== name);
  for (const file of stale) await rm(join(folder, file), { force: true });
  return received;
}

/** Writes the parts, in this order, to the file `path`; throws InvalidPart for one that never came. */
export async function assembleParts(folder: string, parts: readonly Part[], path: string) {
  const present = await readdir(folder);
  if (parts.length === 0 || !parts.every((part) => present.includes(toFileName(part)))) {
    throw new S3Error('InvalidPart', 'A named part was not found, or its ETag does not match');
  }
  for (const part of parts) {
    const target = createWriteStream(path, { flags: 'a' });
    await pipeline(createReadStream(join(folder, toFileName(part))), target);
  }
  return { size: (await stat(path)).size, etag: toEtag(parts) };
}

function toFileName({ number, md5 }: Part): string {
  return `${number}-${md5}`;
}

/** S3's ETag of a multipart object: the digest of the parts' digests, and their count. */
function toEtag(parts: readonly Part[]): string {
  const digests = Buffer.concat(parts.map(({ md5 }) => Buffer.from(md5, 'hex')));
  return `${createHash('md5').update(digests).digest('hex')}-${parts.length}`;
}
