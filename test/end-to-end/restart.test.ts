import { rm } from 'node:fs/promises';
import { expect, it, onTestFinished } from 'vitest';
import { newDataDirectory, type SpawnedGateway, spawnGateway } from '../support/gateway.ts';
import { createPng } from '../support/images.ts';
import { readMonth } from './support/customer.ts';
import { createContractedApi, type Video } from './support/public-api.ts';
import { controlSimulation } from './support/simulation.ts';
import { waitUntil } from './support/wait-until.ts';

const providers = ['piapi', 'cloudsway'] as const;
const frame = `data:image/png;base64,${createPng({ width: 640, height: 480 }).toString('base64')}`;

/** Five orders for each provider, two of them with an image. */
const answered = providers.flatMap((provider) =>
  Array.from({ length: 5 }, (_, index) => ({
    prompt: `Order ${index} for ${provider}`,
    model: 'hailuo-01',
    provider,
    ...(index < 2 && { first_frame_image: frame }),
  })),
);
/** Taken by its provider, and never answered. */
const hanging = { prompt: 'Hanging order', model: 'hailuo-01', provider: 'piapi' };
const orders = [...answered, hanging];

it('a gateway that is killed twice completes every answered order once, and sends none again', {
  timeout: 60_000,
}, async () => {
  const directory = await temporaryDirectory();
  const first = await start(directory);
  await makeOrdersHang(first);
  const api = createContractedApi(first.local);
  const ids = await Promise.all(orders.map(async (order) => (await api.order(order)).id));
  await untilAsleep(first, ids.slice(0, answered.length));
  await untilHanging(first);
  await first.kill();

  const second = await start(directory);
  await untilOneIsCompleted(second, ids);
  await second.kill();

  const third = await start(directory);
  const videos = await Promise.all(ids.map((id) => createContractedApi(third.local).untilOver(id, 40)));
  expect(videos.map(toEnding)).toEqual(
    orders.map(({ provider }) => `completed for ${provider === 'piapi' ? '0.20' : '0.25'}`),
  );
  expect(await countJobs(third)).toEqual(orders.map(() => 1));
  expect(await readMonth(third.local, third.local.account)).toEqual({
    committedMicroUsd: 0,
    spentMicroUsd: 6 * 200_000 + 5 * 250_000,
  });
});

it('a gateway at work ends within five seconds of SIGTERM, with exit code 0', async () => {
  const gateway = await start(await temporaryDirectory());
  await makeOrdersHang(gateway);
  const api = createContractedApi(gateway.local);
  const ids = await Promise.all(answered.map(async (order) => (await api.order(order)).id));
  await api.order(hanging);
  await untilAsleep(gateway, ids);
  await untilHanging(gateway);
  const startedAt = performance.now();

  expect(await gateway.stop()).toBe(0);
  expect(performance.now() - startedAt).toBeLessThan(5000);
});

/** It is killed when the test ends, whatever became of it. */
async function start(directory: string): Promise<SpawnedGateway> {
  const gateway = await spawnGateway(directory, { CONCH_SIMULATED_SECONDS: '3' });
  onTestFinished(() => gateway.kill());
  return gateway;
}

async function temporaryDirectory(): Promise<string> {
  const directory = await newDataDirectory();
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

function makeOrdersHang({ local }: SpawnedGateway): Promise<void> {
  return controlSimulation(local, 'piapi').setFaults([
    { kind: 'create_hangs', promptIncludes: hanging.prompt },
  ]);
}

/** Later than their jobs are known: a kill in the submit itself would cost the 30 s of an order of unknown fate. */
async function untilAsleep({ local }: SpawnedGateway, ids: readonly string[]): Promise<void> {
  const api = createContractedApi(local);
  const hasSlept = async (id: string) => {
    const { status, gateway } = await api.readVideo(id);
    return gateway.next_look_at !== null || status === 'completed' || undefined;
  };
  await Promise.all(ids.map((id) => waitUntil(`${id} to sleep`, () => hasSlept(id))));
}

async function untilHanging({ local }: SpawnedGateway): Promise<void> {
  await waitUntil('the job of the hanging order', async () => {
    const [job] = await controlSimulation(local, 'piapi').jobsOf(hanging.prompt);
    return job;
  });
}

async function untilOneIsCompleted({ local }: SpawnedGateway, ids: readonly string[]): Promise<void> {
  const api = createContractedApi(local);
  await waitUntil('one completed video', async () => {
    const videos = await Promise.all(ids.map((id) => api.readVideo(id)));
    return videos.find(({ status }) => status === 'completed');
  });
}

function toEnding({ status, error, gateway }: Video): string {
  return `${error?.code ?? status} for ${gateway.cost.charged}`;
}

/** Jobs that the providers ever started for each order. */
async function countJobs({ local }: SpawnedGateway): Promise<number[]> {
  return Promise.all(
    orders.map(async ({ provider, prompt }) => {
      const jobs = await controlSimulation(local, provider).jobsOf(prompt);
      return jobs.length;
    }),
  );
}
