import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import * as z from 'zod';

export const videoShapeSchema = z.object({
  /** Pixels; both sides are even. */
  width: z.number().int().positive().multipleOf(2),
  height: z.number().int().positive().multipleOf(2),
  seconds: z.number().int().positive(),
});
export type VideoShape = z.infer<typeof videoShapeSchema>;

export interface VideoMaker {
  /** The path of a playable H.264 mp4 of this shape; encoded at first need, then kept. */
  make(shape: VideoShape): Promise<string>;
}

export function createVideoMaker({ cacheDirectory }: { readonly cacheDirectory: string }): VideoMaker {
  const underway = new Map<string, Promise<string>>();
  return {
    make(shape) {
      const path = join(cacheDirectory, `${shape.width}x${shape.height}-${shape.seconds}s.mp4`);
      const making = underway.get(path) ?? ensureFile(path, shape).finally(() => underway.delete(path));
      underway.set(path, making);
      return making;
    },
  };
}

async function ensureFile(path: string, shape: VideoShape): Promise<string> {
  if (existsSync(path)) return path;
  const bytes = await encode(shape);
  await mkdir(dirname(path), { recursive: true });
  const unfinished = `${path}.${randomUUID()}`;
  await writeFile(unfinished, bytes);
  await rename(unfinished, path);
  return path;
}

function encode(shape: VideoShape): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./video-encoder.ts', import.meta.url), { workerData: shape });
    worker.once('message', (message) => resolve(z.instanceof(Uint8Array).parse(message)));
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`The video encoder ended without a video (${code})`)));
  });
}
