import { simulatedDialects } from '../../../infra/local/simulated-providers/simulated-dialects.ts';
import type { Fate } from '../../support/fault-kit/fates.ts';
import { createRandomJudge } from '../../support/fault-kit/random-judge.ts';
import { type MemoryGateway, openMemoryGateway } from '../../support/in-memory/memory-gateway.ts';
import { openMemorySurroundings } from '../../support/in-memory/memory-surroundings.ts';
import { readBooks } from '../../support/in-memory/read-books.ts';
import { runToEnd } from '../../support/in-memory/run-to-end.ts';
import { findProblems, type OrderEnd } from '../proof.ts';
import { createRandom } from '../random.ts';
import { assignJobs } from './assigned-jobs.ts';
import { type Customer, openCustomer } from './customer.ts';
import { judgeCalls } from './judged-calls.ts';
import { createNetwork } from './network.ts';
import { letTimePass, sweepEveryMinute } from './passing-time.ts';
import { type PlacedCall, placeWave } from './placed-calls.ts';
import { planWaves, type Wave } from './planned-calls.ts';
import { listVideos, readBack } from './read-back.ts';

export interface OpenAiOrders {
  readonly calls: number;
  /** So many at the same moment. */
  readonly perWave: number;
  readonly seed: number;
}

export interface OpenAiReport {
  /** How each order ended that there is. */
  readonly ends: readonly OrderEnd[];
  /** Calls whose client was told of a video. */
  readonly told: number;
  /** Creates that the gateway had, repeats and copies included. */
  readonly delivered: number;
  /** Calls of workers to the world outside that went wrong, most of them deadly. */
  readonly struck: number;
  readonly problems: readonly string[];
}

const jobSeconds = 180;
const doomedShare = 0.08;
const mostStepsOfAnOrder = 100;
const deaths: readonly Fate[] = ['dies_before', 'dies_after', 'dies_during'];
const troubles: readonly Fate[] = ['fails_before', 'fails_after', 'answer_lost', 'arrives_twice'];

/**
 * Orders through OpenAI's own client over a network, at providers and on workers that fail at random. The gateway's
 * clock jumps; only the client's time-outs and repeats take real time.
 */
export async function orderThroughOpenAi({ seed, ...size }: OpenAiOrders): Promise<OpenAiReport> {
  const random = createRandom(seed);
  const providerNames = [...simulatedDialects.keys()];
  const waves = planWaves(random, { ...size, providerNames });
  const { judge, struck } = createRandomJudge(random, { share: doomedShare, fatesOf });
  let isJudging = true;
  const surroundings = await openMemorySurroundings();
  const gateway = await openMemoryGateway({
    surroundings,
    providerNames,
    jobSeconds,
    judge: (...given) => (isJudging ? judge(...given) : 'passes'),
  });
  const customer = await openCustomer(gateway, createNetwork(waves, random));
  try {
    setProviderFaults(waves, gateway);
    const placed = await placeAll(waves, customer, gateway);
    await runToEnd(gateway, size.calls * mostStepsOfAnOrder);
    isJudging = false;
    return { struck: struck(), ...(await report(placed, customer, gateway)) };
  } finally {
    await customer.close();
    await gateway.close();
    await surroundings.close();
  }
}

/** Only steps stand still: for the others somebody waits who keeps the clock from going on. */
function fatesOf(workerName: string): readonly Fate[] {
  const isStep = !['Api', 'Callback', 'Sweeper'].includes(workerName);
  return [...deaths, ...deaths, ...troubles, ...(isStep ? ['hangs' as const] : [])];
}

function setProviderFaults(waves: readonly Wave[], gateway: MemoryGateway): void {
  const orders = new Set(waves.flatMap(({ calls }) => calls).map(({ order }) => order));
  for (const [name, provider] of gateway.world().providers)
    provider.setFaults([...orders].flatMap(({ faults }) => faults.get(name) ?? []));
}

async function placeAll(waves: readonly Wave[], customer: Customer, gateway: MemoryGateway) {
  const stopSweeping = sweepEveryMinute(gateway);
  const placed: PlacedCall[] = [];
  for (const wave of waves) {
    placed.push(...(await placeWave(wave, customer, gateway)));
    await letTimePass(gateway, wave.secondsAfter);
  }
  stopSweeping();
  return placed;
}

async function report(placed: readonly PlacedCall[], { client, front }: Customer, gateway: MemoryGateway) {
  const books = await readBooks(gateway);
  const { ends, strays } = assignJobs(books);
  const deliveries = front.deliveries.filter(({ caller }) => caller !== '');
  const month = books.counters.get('MONTH#2026-03') ?? { committedMicroUsd: 0, spentMicroUsd: 0 };
  const videos = await listVideos(client);
  return {
    ends,
    told: placed.filter(({ videoId }) => videoId !== undefined).length,
    delivered: deliveries.length,
    problems: [
      ...findProblems(ends, month),
      ...strays,
      ...judgeCalls(placed, { ...books, deliveries }),
      ...(videos.length === books.tasks.length
        ? []
        : [`The list has ${videos.length} of ${books.tasks.length} videos`]),
      ...(await readBack(client, videos)),
    ],
  };
}
