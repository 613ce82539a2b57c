import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { startHttpServer } from '../../infra/local/http-server.ts';
import { startS3Server } from '../../infra/local/s3-server.ts';
import { createFilm } from '../shared/media/films.ts';
import { formatTable, formatTarget, medianOf } from './format-table.ts';
import { runChild } from './run-child.ts';

const sizesMegabytes = [20, 100] as const;
const runsEach = 3;
const minMegabytesPerSecond = 50;
const maxPeakMegabytes = 300;
const bucket = 'media';

const runSchema = z.object({ seconds: z.number(), bytes: z.number(), peakMegabytes: z.number() });

/** Throughput and peak memory of the archive against the embedded S3, each run in a process of its own. */
export async function reportArchive(): Promise<string> {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'conch-bench-'));
  const s3 = await startS3Server({ dataDirectory, bucket, onObjectCreated: () => undefined });
  try {
    const rows: string[][] = [];
    for (const megabytes of sizesMegabytes) rows.push(await toRow(megabytes, s3.url));
    return formatTable(`Archive (a process each, median of ${runsEach} runs, with its source on loopback)`, [
      ['video', 'MB/s', 'peak MB', 'target'],
      ...rows,
    ]);
  } finally {
    await s3.close();
    await rm(dataDirectory, { recursive: true });
  }
}

async function toRow(megabytes: number, s3Url: string): Promise<string[]> {
  const runs = await measure(megabytes, s3Url);
  const speed = medianOf(runs.map(({ bytes, seconds }) => bytes / 1e6 / seconds));
  const peak = Math.max(...runs.map(({ peakMegabytes }) => peakMegabytes));
  const isReached = speed >= minMegabytesPerSecond && peak < maxPeakMegabytes;
  const target = formatTarget(`≥ ${minMegabytesPerSecond} MB/s, < ${maxPeakMegabytes} MB`, isReached);
  return [`${megabytes} MB`, speed.toFixed(0), peak.toFixed(0), target];
}

async function measure(megabytes: number, s3Url: string): Promise<z.infer<typeof runSchema>[]> {
  const film = createFilm({ filmBytes: megabytes * 1e6 });
  const source = await startHttpServer((_, response) => {
    response.writeHead(200, { 'content-type': 'video/mp4', 'content-length': film.length }).end(film);
  });
  try {
    const runs: z.infer<typeof runSchema>[] = [];
    for (let run = 0; run < runsEach; run += 1) {
      const script = new URL('./archive-child.ts', import.meta.url);
      const { message } = await runChild({ script, args: [`${source.url}/v.mp4`, s3Url, bucket] });
      runs.push(runSchema.parse(message));
    }
    return runs;
  } finally {
    await source.close();
  }
}
