import { createWriteStream } from 'node:fs';
import { readFile, rename, stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { gatewayAddressConfig, readConfig } from '../../config.ts';
import { newSecret } from '../../ids.ts';
import { CommandError, runCommand } from './command-error.ts';
import {
  createGatewayClient,
  type GatewayAddress,
  type GatewayClient,
  type Polled,
} from './gateway-client.ts';
import { type GenerateOptions, parseGenerateOptions } from './generate-options.ts';
import { findLocalGateway, startLocalGateway } from './local-gateway.ts';
import { createProgressLine } from './progress-line.ts';
import type { Video } from './wire.ts';

const redrawMs = 250;

interface Connection {
  readonly address: GatewayAddress;
  readonly stop: () => Promise<void>;
}

/** The gateway of CONCH_URL, else the local one that serves, else one that lives as long as the command. */
async function connect(): Promise<Connection> {
  const { CONCH_URL, CONCH_API_KEY } = readConfig(gatewayAddressConfig);
  if (CONCH_URL !== undefined) {
    if (CONCH_API_KEY === undefined)
      throw new CommandError('CONCH_URL is set, so CONCH_API_KEY must be set too');
    return { address: { url: CONCH_URL.replace(/\/+$/, ''), apiKey: CONCH_API_KEY }, stop: async () => {} };
  }
  const running = await findLocalGateway();
  if (running !== undefined) return { address: running, stop: async () => {} };
  process.stderr.write('starting a local gateway with simulated providers …\n');
  const { gateway, stop } = await startLocalGateway();
  return { address: gateway, stop };
}

async function toOrder(options: GenerateOptions, client: GatewayClient): Promise<object> {
  const { image, prompt, model, seconds, resolution, provider } = options;
  const role = model?.toLowerCase().includes('s2v') ? 'subject_image' : 'first_frame_image';
  const isUrl = image !== undefined && /^(https?|data):/.test(image);
  return {
    prompt,
    model,
    seconds,
    resolution,
    provider,
    ...(image !== undefined && {
      [role]: isUrl ? image : { file_id: await client.upload(await readImage(image)) },
    }),
  };
}

async function readImage(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new CommandError(`The image ${path} cannot be read`, { cause });
  }
}

/** Shows how a video gets on until it is finished. */
async function follow(first: Polled, client: GatewayClient): Promise<Video> {
  const line = createProgressLine(process.stderr);
  let { video, pollAfterMs } = first;
  while (video.status === 'queued' || video.status === 'in_progress') {
    for (let waited = 0; waited < pollAfterMs; waited += redrawMs) {
      line.show(video, new Date());
      await sleep(redrawMs);
    }
    ({ video, pollAfterMs } = await client.getVideo(video.id));
  }
  line.clear();
  return video;
}

/** Writes to a neighbour first: an interrupted download leaves no half video under the name. */
async function save(video: Video, path: string, client: GatewayClient): Promise<void> {
  const { body } = await client.download(video.id);
  if (body === null) throw new CommandError(`${video.id} has no content`);
  await pipeline(Readable.fromWeb(body), createWriteStream(`${path}.part`));
  const { size } = await stat(`${path}.part`);
  if (size !== video.gateway.result?.bytes)
    throw new CommandError(`Only ${size} bytes of ${video.id} arrived`);
  await rename(`${path}.part`, path);
}

function describe(video: Video, path: string): string {
  const { result, provider, cost } = video.gateway;
  if (result === null) return path;
  const { bytes, width, height, duration_seconds } = result;
  const shape = duration_seconds === null ? '' : `, ${width}×${height}, ${duration_seconds.toFixed(1)} s`;
  return `${path}\n${bytes} bytes${shape}, made by ${provider} for $${cost.charged}`;
}

function resumeOnInterrupt(id: string, stop: () => Promise<void>): () => void {
  const resume = () => {
    process.stderr.write(`\n${id} goes on; fetch it with: npm run generate -- --id ${id}\n`);
    void stop().then(() => process.exit(130));
  };
  process.once('SIGINT', resume);
  return () => process.off('SIGINT', resume);
}

async function generate(options: GenerateOptions, { address, stop }: Connection): Promise<void> {
  const client = createGatewayClient(address);
  const first =
    options.id === undefined
      ? await client.createVideo(await toOrder(options, client), newSecret())
      : await client.getVideo(options.id);
  const forget = resumeOnInterrupt(first.video.id, stop);
  const video = await follow(first, client);
  if (video.status === 'failed') {
    throw new CommandError(`${video.id} failed: ${video.error?.message} (${video.error?.code})`);
  }
  const path = options.out ?? `${video.id}.mp4`;
  await save(video, path, client);
  forget();
  process.stdout.write(
    `${options.json ? JSON.stringify({ path, ...video }, null, 2) : describe(video, path)}\n`,
  );
}

await runCommand(async () => {
  const options = parseGenerateOptions(process.argv.slice(2));
  const connection = await connect();
  try {
    await generate(options, connection);
  } finally {
    await connection.stop();
  }
});
