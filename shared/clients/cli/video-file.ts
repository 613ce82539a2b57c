import { constants, createWriteStream } from 'node:fs';
import { access, rename, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CommandError } from './command-error.ts';
import type { GatewayClient } from './gateway-client.ts';
import type { Video } from './wire.ts';

/** Throws a CommandError when no file can be written at `path`: known before the order, it costs nothing. */
export async function requireWritable(path: string): Promise<void> {
  const folder = dirname(path);
  const isFolder = path === '' || path.endsWith('/') || (await isDirectory(path));
  if (isFolder) throw new CommandError(`--out "${path}" must name a file, not a folder`);
  if (!(await isDirectory(folder))) throw new CommandError(`The folder ${folder} of --out does not exist`);
  try {
    await access(folder, constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw new CommandError(`The folder ${folder} cannot be written to: choose a file with --out`, { cause });
  }
}

async function isDirectory(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.isDirectory() ?? false;
}

/** Writes to a neighbour first: an interrupted download leaves no half video under the name. */
export async function saveVideo(video: Video, path: string, client: GatewayClient): Promise<void> {
  const draft = `${path}.part`;
  try {
    await client.download(video.id, ({ body }) => writeDraft(body, draft));
    const { size } = await stat(draft);
    if (size !== video.gateway.result?.bytes)
      throw new CommandError(`Only ${size} bytes of ${video.id} arrived`);
    await rename(draft, path);
  } catch (error) {
    throw isDiskFault(error) ? toCommandError(error, path) : error;
  }
}

async function writeDraft(body: Response['body'], draft: string): Promise<void> {
  if (body === null) throw new CommandError('The video has no content');
  try {
    await pipeline(Readable.fromWeb(body), createWriteStream(draft));
  } catch (error) {
    // Asking the gateway again would not make room on the disk.
    throw isDiskFault(error) ? toCommandError(error, draft) : error;
  }
}

function isDiskFault(error: unknown): error is Error {
  return error instanceof Error && 'syscall' in error;
}

function toCommandError(cause: Error, path: string): CommandError {
  return new CommandError(`${path} cannot be written: ${cause.message}`, { cause });
}
