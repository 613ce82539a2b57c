import { newSecret } from '../../ids.ts';
import { CommandError } from './command-error.ts';
import { followVideo } from './follow-video.ts';
import { createGatewayClient, type GatewayClient, type Polled } from './gateway-client.ts';
import { createGatewayLocator } from './gateway-locator.ts';
import { type GenerateOptions, generateUsage, parseGenerateOptions } from './generate-options.ts';
import { unlessInterrupted, watchInterrupts } from './interruption.ts';
import { runCommand } from './run-command.ts';
import { requireWritable, saveVideo } from './video-file.ts';
import { toOrder } from './video-order.ts';
import type { Video } from './wire.ts';

interface Connection {
  readonly client: GatewayClient;
  readonly signal: AbortSignal;
}

async function order(options: GenerateOptions, client: GatewayClient): Promise<Polled> {
  if (options.id !== undefined) return client.getVideo(options.id);
  return client.createVideo(await toOrder(options, client), newSecret());
}

/** Waits until the video is finished; a completed one lies at `path` then. */
async function receive(first: Polled, path: string, { client, signal }: Connection): Promise<Video> {
  const video = await followVideo(first, { client, signal });
  if (video.status === 'completed') await saveVideo(video, path, client);
  return video;
}

/** Says with every failure how to get the video that is ordered by now. */
async function resumable<Outcome>(id: string, work: Promise<Outcome>): Promise<Outcome> {
  try {
    return await work;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const exitCode = cause instanceof CommandError ? cause.exitCode : 1;
    const hint = `${id} goes on; fetch it with: npm run generate -- --id ${id}`;
    throw new CommandError(`\n${reason}\n${hint}`, { cause, exitCode });
  }
}

function describe(video: Video, path: string): string {
  const { result, provider, cost } = video.gateway;
  if (result === null) return path;
  const { bytes, width, height, duration_seconds } = result;
  const shape = duration_seconds === null ? '' : `, ${width}×${height}, ${duration_seconds.toFixed(1)} s`;
  return `${path}\n${bytes} bytes${shape}, made by ${provider} for $${cost.charged}`;
}

async function generate(options: GenerateOptions, { client, signal }: Connection): Promise<string> {
  const first = await unlessInterrupted(signal, order(options, client));
  const { id } = first.video;
  const path = options.out ?? `${id}.mp4`;
  const received = unlessInterrupted(signal, receive(first, path, { client, signal }));
  const video = await resumable(id, received);
  if (video.status === 'failed')
    throw new CommandError(`${id} failed: ${video.error?.message} (${video.error?.code})`);
  return options.json ? JSON.stringify({ path, ...video }, null, 2) : describe(video, path);
}

await runCommand({
  usage: generateUsage,
  async run(args) {
    const signal = watchInterrupts();
    const options = parseGenerateOptions(args);
    await requireWritable(options.out ?? 'video.mp4');
    const gateway = createGatewayLocator(signal);
    try {
      const client = createGatewayClient(gateway);
      process.stdout.write(`${await generate(options, { client, signal })}\n`);
    } finally {
      await gateway.stop();
    }
  },
});
