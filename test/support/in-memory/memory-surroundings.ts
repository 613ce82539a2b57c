import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { synthesizeAssembly } from '../../../infra/local/assembly.ts';
import { readAssembly } from '../../../infra/local/template/read-assembly.ts';
import { type LocalStack, readStack } from '../../../infra/local/template/read-stack.ts';
import { createFilm } from '../../shared/media/films.ts';

/** What many gateways may share: the template, a film, room for files. */
export interface MemorySurroundings {
  readonly stack: LocalStack;
  /** A small video in a true frame. */
  readonly film: string;
  /** An empty directory of its own at every call. */
  newDirectory(): string;
  close(): Promise<void>;
}

export async function openMemorySurroundings(): Promise<MemorySurroundings> {
  const stack = readStack(readAssembly(await synthesizeAssembly()));
  const directory = await mkdtemp(join(tmpdir(), 'conch-in-memory-'));
  const film = join(directory, 'film.mp4');
  await writeFile(film, createFilm());
  let directories = 0;
  return {
    stack,
    film,
    newDirectory: () => join(directory, String(directories++)),
    close: () => rm(directory, { recursive: true }),
  };
}
