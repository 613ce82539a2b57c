import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultInput } from '../../infra/local/simulated-providers/faults.ts';
import { readMonth } from '../end-to-end/support/customer.ts';
import { createPublicApi } from '../end-to-end/support/public-api.ts';
import { controlSimulation } from '../end-to-end/support/simulation.ts';
import { newDataDirectory, type SpawnedGateway, spawnGateway } from '../support/gateway.ts';
import { type PlacedOrder, untilEnd } from './order-ends.ts';
import { countEndings, findProblems, type OrderEnd, type ProofReport } from './proof.ts';
import { createRandom, type Random } from './random.ts';
import { providers } from './random-faults.ts';

const seed = 20261122;
const orderCount = 30;
const kills = 3;
const longestLifeMs = 4000;

const orders = Array.from({ length: orderCount }, (_, index) => ({
  provider: providers[index % 2 === 0 ? 0 : 1],
  prompt: `${index < 4 ? 'Hanging order' : 'Order'} ${String(index).padStart(4, '0')}`,
}));
const hangs: FaultInput = { kind: 'create_hangs', promptIncludes: 'Hanging' };

/** A gateway that is killed at random moments while clients repeat what was not answered. */
export async function proveKills(): Promise<ProofReport> {
  const directory = await newDataDirectory();
  try {
    const random = createRandom(seed);
    for (let kill = 0; kill < kills; kill += 1) await liveAndDie(directory, random);
    const gateway = await start(directory);
    try {
      return await report(gateway);
    } finally {
      await gateway.stop();
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function start(directory: string): Promise<SpawnedGateway> {
  const gateway = await spawnGateway(directory, { CONCH_SIMULATED_SECONDS: '4' });
  for (const provider of providers) await controlSimulation(gateway.local, provider).setFaults([hangs]);
  return gateway;
}

/** Orders everything anew under the same keys; the kill cuts off whatever is under way then. */
async function liveAndDie(directory: string, random: Random): Promise<void> {
  const gateway = await start(directory);
  const placing = placeAll(gateway).catch(() => undefined);
  await sleep(random() * longestLifeMs);
  await gateway.kill();
  await placing;
}

function placeAll({ local }: SpawnedGateway): Promise<PlacedOrder[]> {
  const api = createPublicApi(local);
  return Promise.all(
    orders.map(async (order) => {
      const { id } = await api.order(order, { 'idempotency-key': order.prompt });
      return { ...order, id };
    }),
  );
}

async function report(gateway: SpawnedGateway): Promise<ProofReport> {
  const { local } = gateway;
  const placed = await placeAll(gateway);
  const ends = await Promise.all(placed.map((order) => untilEnd(order, local)));
  const month = await readMonth(local, local.account);
  return {
    proof: 'killed in the middle',
    done: `SIGKILL ${kills} times in the middle of ${orderCount} orders, seed ${seed}`,
    counts: countEndings(ends),
    problems: [...findProblems(ends, month), ...findLost(ends)],
  };
}

/** An order whose job nobody could know of is parked; every other one completes. */
function findLost(ends: readonly OrderEnd[]): string[] {
  const allowed = ['completed', 'submit_unknown', 'waiting'];
  const lost = ends.filter(({ ending }) => !allowed.includes(ending));
  return lost.map(({ prompt, ending }) => `${prompt} ended as ${ending}`);
}
