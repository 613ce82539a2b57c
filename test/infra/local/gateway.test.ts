import { rm } from 'node:fs/promises';
import { EventBridgeClient, ListRulesCommand } from '@aws-sdk/client-eventbridge';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetExecutionHistoryCommand, ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import * as z from 'zod';
import { startHttpServer } from '../../../infra/local/http-server.ts';
import {
  newDataDirectory,
  type SpawnedGateway,
  spawnGateway,
  startTestGateway,
  type TestGateway,
} from '../../support/gateway.ts';

const videoSchema = z.object({
  id: z.string(),
  status: z.enum(['queued', 'in_progress', 'completed', 'failed']),
  gateway: z.object({
    next_look_at: z.string().nullable(),
    attempts: z.array(z.object({ job_id: z.string().nullable() })),
    cost: z.object({ charged: z.string().nullable() }),
  }),
});

interface Address {
  readonly url: string;
  readonly apiKey: string;
}

async function call({ url, apiKey }: Address, path: string, body?: object) {
  const response = await fetch(`${url}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return videoSchema.parse(await response.json());
}

const order = (address: Address, provider: string) =>
  call(address, '/v1/videos', { prompt: 'A lighthouse at dusk', model: 'hailuo-01', provider });

function untilTerminal(address: Address, id: string) {
  return vi.waitFor(
    async () => {
      const video = await call(address, `/v1/videos/${id}`);
      expect(['completed', 'failed']).toContain(video.status);
      return video;
    },
    { timeout: 25_000, interval: 200 },
  );
}

describe('startGateway', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway();
  });
  afterAll(() => gateway.close());

  it.each(['piapi', 'cloudsway'])(
    'turns an order for %s into a video that can be downloaded',
    async (provider) => {
      const { id } = await order(gateway.local, provider);
      const video = await untilTerminal(gateway.local, id);
      expect(video.status).toBe('completed');
      const content = await fetch(`${gateway.url}/v1/videos/${id}/content`, {
        headers: { 'x-api-key': gateway.local.apiKey },
      });
      const bytes = Buffer.from(await content.arrayBuffer());
      expect(bytes.toString('latin1', 4, 8)).toBe('ftyp');
    },
  );

  it('shows the history of an execution to a Step Functions client', async () => {
    const { id } = await order(gateway.local, 'piapi');
    await untilTerminal(gateway.local, id);
    const { endpoints, stateMachineArn } = gateway.local;
    const client = new SFNClient({ endpoint: endpoints.stepfunctions });
    const { executions = [] } = await client.send(new ListExecutionsCommand({ stateMachineArn }));
    const execution = executions.find(({ name }) => name === `${id.replace('video_', '')}-1`);
    const { events = [] } = await client.send(
      new GetExecutionHistoryCommand({ executionArn: execution?.executionArn }),
    );
    expect(events.map(({ type }) => type)).toContain('ExecutionStarted');
  });

  it('makes a video of an order that is dropped into the bucket', async () => {
    const { endpoints, bucket } = gateway.local;
    const client = new S3Client({ endpoint: endpoints.s3, forcePathStyle: true });
    const Body = JSON.stringify({ prompt: 'A lighthouse at dusk' });
    await client.send(new PutObjectCommand({ Bucket: bucket, Key: 'inbox/local/dusk.json', Body }));
    await vi.waitFor(
      () => client.send(new GetObjectCommand({ Bucket: bucket, Key: 'outbox/local/dusk.mp4' })),
      { timeout: 25_000, interval: 200 },
    );
  });

  it('serves the rules of the template to an EventBridge client', async () => {
    const client = new EventBridgeClient({ endpoint: gateway.local.endpoints.events });
    const { Rules = [] } = await client.send(new ListRulesCommand({}));
    expect(Rules.map(({ Name }) => Name)).toContainEqual(expect.stringContaining('FileDropped'));
  });

  it('keeps a second gateway off its data directory and goes on', async () => {
    await expect(spawnGateway(gateway.dataDirectory)).rejects.toThrow(/Another gateway .*CONCH_DATA_DIR/);
    expect((await fetch(`${gateway.url}/health`)).status).toBe(200);
  });
});

describe('npm start', () => {
  it('exits 1 and names the port when it is taken', async () => {
    const server = await startHttpServer((_request, response) => response.end());
    const { port } = new URL(server.url);
    await expect(spawnGateway(await temporaryDirectory(), { PORT: port })).rejects.toThrow(
      `Port ${port} is in use`,
    );
    await server.close();
  });

  it('exits 1 and names the variable before anything starts when a setting is wrong', async () => {
    const directory = await temporaryDirectory();
    await expect(spawnGateway(directory, { CONCH_SIMULATED_SECONDS: 'soon' })).rejects.toThrow(
      'CONCH_SIMULATED_SECONDS',
    );
  });

  it('exits 0 on SIGTERM and keeps its key and its ports for the next start', async () => {
    const directory = await temporaryDirectory();
    const first = await spawnGateway(directory);
    expect(await first.stop()).toBe(0);
    const second = await spawnGateway(directory);
    expect(await second.stop()).toBe(0);
    expect({ ...second.local, pid: 0 }).toEqual({ ...first.local, pid: 0 });
  });

  it('goes on after a kill: each order completes, with one job and one charge', async () => {
    const directory = await temporaryDirectory();
    const killed = await spawnGateway(directory, { CONCH_SIMULATED_SECONDS: '3' });
    const orders = await Promise.all(
      ['piapi', 'cloudsway', 'piapi', 'cloudsway'].map((provider) => order(killed.local, provider)),
    );
    await Promise.all(orders.map(({ id }) => untilAsleep(killed, id)));
    await killed.kill();
    const resumed = await spawnGateway(directory, { CONCH_SIMULATED_SECONDS: '3' });
    const videos = await Promise.all(orders.map(({ id }) => untilTerminal(resumed.local, id)));
    const jobs = await listJobIds(resumed);
    await resumed.stop();
    expect(videos.map(({ status }) => status)).toEqual(orders.map(() => 'completed'));
    expect(videos.map((video) => video.gateway.cost.charged)).toEqual(['0.20', '0.25', '0.20', '0.25']);
    expect(jobs.sort()).toEqual(
      videos.flatMap((video) => video.gateway.attempts.map((one) => one.job_id)).sort(),
    );
  });
});

const jobsSchema = z.object({ jobs: z.array(z.object({ id: z.string() })) });

/** Of every job that a simulated provider ever accepted. */
async function listJobIds({ local }: SpawnedGateway): Promise<string[]> {
  const lists = Object.values(local.providers).map(async (url) => {
    const response = await fetch(`${url}/_simulation/jobs`);
    return jobsSchema.parse(await response.json()).jobs.map(({ id }) => id);
  });
  return (await Promise.all(lists)).flat();
}

/** Later than its job is known: a kill in the submit itself would cost the 30 s of an order of unknown fate. */
function untilAsleep({ local }: SpawnedGateway, id: string) {
  return vi.waitFor(
    async () => {
      const { status, gateway } = await call(local, `/v1/videos/${id}`);
      expect(gateway.next_look_at !== null || status === 'completed').toBe(true);
    },
    { timeout: 60_000, interval: 50 },
  );
}

async function temporaryDirectory(): Promise<string> {
  const directory = await newDataDirectory();
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}
