import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, onTestFinished } from 'vitest';
import * as z from 'zod';
import type { FaultInput } from '../../../../infra/local/simulated-providers/faults.ts';
import { piapi } from '../../../../infra/local/simulated-providers/piapi.ts';
import {
  type SimulatedProvider,
  type SimulatedProviderOptions,
  startSimulatedProvider,
} from '../../../../infra/local/simulated-providers/simulated-provider.ts';
import {
  createVideoMaker,
  type VideoMaker,
} from '../../../../infra/local/simulated-providers/video-maker.ts';
import { createManualClock } from '../../../support/manual-clock.ts';

export const apiKey = 'key-of-the-simulation';
export const jobSeconds = 10;

const cacheDirectory = await mkdtemp(join(tmpdir(), 'conch-videos-'));
const maker = createVideoMaker({ cacheDirectory });
/** One small film for every job: a full one takes a second to encode. */
const videos: VideoMaker = { make: () => maker.make({ width: 160, height: 90, seconds: 1 }) };
afterAll(() => rm(cacheDirectory, { recursive: true, force: true, maxRetries: 3 }));

/** A directory that is removed when the test is over. */
export async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'conch-simulation-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  return directory;
}

/** Starts a provider that is closed when the test is over. Its clock stands still. */
export async function simulate(
  overrides: Partial<SimulatedProviderOptions> & Pick<SimulatedProviderOptions, 'dialect'>,
) {
  const clock = createManualClock();
  const dataDirectory = overrides.dataDirectory ?? (await temporaryDirectory());
  const provider = await startSimulatedProvider({
    ...{ clock, jobSeconds, videos, apiKey },
    ...overrides,
    dataDirectory,
  });
  onTestFinished(() => provider.close());
  return { provider, clock, dataDirectory };
}

/** Starts a simulated PiAPI with these faults. */
export async function simulateWith(...faults: readonly FaultInput[]) {
  const simulated = await simulate({ dialect: piapi });
  simulated.provider.setFaults(faults);
  return simulated;
}

/** A server that gives every caller these bytes; returns the URL of the image. */
export async function serveImage(bytes: Uint8Array): Promise<string> {
  const server = createServer((_request, response) => response.end(bytes));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.closeAllConnections());
  onTestFinished(() => void server.close());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port');
  return `http://127.0.0.1:${address.port}/image`;
}

/** An address of loopback where nobody listens. */
export const nobodyThere = 'http://127.0.0.1:1/image.png';

export function piapiOrder(overrides: {
  readonly input?: Readonly<Record<string, unknown>>;
  readonly callback?: { readonly endpoint: string; readonly secret: string };
}) {
  return {
    model: 'hailuo',
    task_type: 'video_generation',
    input: overrides.input ?? { model: 't2v-01', prompt: 'A lighthouse at dusk' },
    config: {
      service_mode: 'public',
      ...(overrides.callback === undefined ? {} : { webhook_config: overrides.callback }),
    },
  };
}

/** Sends an order to a simulated PiAPI. */
export function order(provider: SimulatedProvider, body: unknown = piapiOrder({})): Promise<Response> {
  return fetch(`${provider.url}/api/v1/task`, {
    method: 'POST',
    headers: { 'x-api-key': apiKey },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

/** Orders from a simulated PiAPI and returns the id of the job. */
export async function orderJob(provider: SimulatedProvider, body?: unknown): Promise<string> {
  const response = await order(provider, body);
  const jobId = provider.jobs().at(-1)?.id;
  if (response.status !== 200 || jobId === undefined) throw new Error(`Refused: ${await response.text()}`);
  return jobId;
}

export function lookAt(provider: SimulatedProvider, jobId: string): Promise<Response> {
  return fetch(`${provider.url}/api/v1/task/${jobId}`, { headers: { 'x-api-key': apiKey } });
}

const envelopeSchema = z.object({
  code: z.literal(200),
  data: z.looseObject({
    config: z.looseObject({}),
    output: z.looseObject({ video_url: z.string() }).nullable(),
  }),
});

/** The `data` of a simulated PiAPI's answer to a look. */
export async function readTask(provider: SimulatedProvider, jobId: string) {
  const response = await lookAt(provider, jobId);
  return envelopeSchema.parse(await response.json()).data;
}
