import * as z from 'zod';
import { secondsAfter } from '../../shared/clock.ts';
import { isTerminal, type Task } from '../../shared/domain/task.ts';
import { type InProcessGateway, startInProcessGateway } from '../support/in-process-gateway.ts';
import { readMonth } from '../support/in-process-month.ts';
import { countEndings, findProblems, type OrderEnd, type ProofReport } from './proof.ts';
import { createRandom } from './random.ts';
import { type FreeOrder, planFreeOrders } from './random-faults.ts';

const seed = 20261123;
const orderCount = 400;
/** So far apart that circuits open, are probed and close meanwhile. */
const arrivalSeconds = 20;

const videoSchema = z.object({ id: z.string() });

/** Orders for whoever serves them, over all providers and their faults, on the injected clock. */
export async function proveFailover(): Promise<ProofReport> {
  const gateway = await startInProcessGateway({ jobSeconds: 180, videoBytes: 20_000 });
  try {
    const names = [...gateway.simulated.keys()];
    const orders = planFreeOrders(createRandom(seed), orderCount, names);
    for (const [name, provider] of gateway.simulated)
      provider.setFaults(orders.flatMap(({ faults }) => faults.get(name) ?? []));
    const ids = scheduleOrders(orders, gateway);
    gateway.sweepUntilDone();
    await gateway.runToEnd();
    const tasks = await Promise.all(orders.map(({ prompt }) => gateway.readTask(ids.get(prompt) ?? '')));
    return await report(orders, tasks, gateway);
  } finally {
    await gateway.close();
  }
}

/** One after the other, on the clock; the ids by prompt are complete once it has run. */
function scheduleOrders(orders: readonly FreeOrder[], gateway: InProcessGateway): Map<string, string> {
  const ids = new Map<string, string>();
  const place = async ({ prompt, model }: FreeOrder) => {
    const json = { prompt, model, provider: 'auto' };
    const { body } = await gateway.call({ method: 'POST', path: '/v1/videos', json });
    ids.set(prompt, videoSchema.parse(body).id);
  };
  for (const [index, order] of orders.entries()) {
    const at = secondsAfter(gateway.clock.now(), (index + 1) * arrivalSeconds);
    gateway.clock.schedule(new Date(at), () => void place(order));
  }
  return ids;
}

async function report(
  orders: readonly FreeOrder[],
  tasks: readonly Task[],
  gateway: InProcessGateway,
): Promise<ProofReport> {
  const outcomes = tasks.map((task, index) => readOutcome(orders[index]?.prompt ?? '', task, gateway));
  const ends = outcomes.map(({ end }) => end);
  const moved = tasks.filter(({ attempts }) => new Set(attempts.map(({ provider }) => provider)).size > 1);
  const nothingMoved = moved.length === 0 ? ['No order moved to another provider'] : [];
  return {
    proof: 'random faults, any provider',
    done: `${orderCount} orders with provider "auto", one every ${arrivalSeconds} s of the injected clock, seed ${seed}`,
    counts: `${countEndings(ends)}; moved to another provider ${moved.length}, ${countJobs(gateway)}`,
    problems: [
      ...findProblems(ends, await readMonth(gateway)),
      ...outcomes.flatMap(findStrays),
      ...nothingMoved,
    ],
  };
}

interface FreeOutcome {
  readonly end: OrderEnd;
  readonly task: Task;
  /** Of each job that was ever started for it. */
  readonly sellers: readonly string[];
}

function readOutcome(prompt: string, task: Task, { simulated }: InProcessGateway): FreeOutcome {
  const jobs = [...simulated].flatMap(([name, provider]) =>
    provider.jobs().flatMap((job) => (job.prompt === prompt ? [{ name, status: job.status }] : [])),
  );
  const end = {
    prompt,
    ending: isTerminal(task.state) ? (task.failure?.code ?? task.state) : `stuck in ${task.state}`,
    holdMicroUsd: task.holdMicroUsd,
    chargeMicroUsd: task.chargeMicroUsd,
    jobs: jobs.map(({ status }) => status),
  };
  return { end, task, sellers: jobs.map(({ name }) => name) };
}

/** Only what is proven unpaid is left behind, and a job belongs to the last attempt. */
function findStrays({ end: { prompt }, task, sellers }: FreeOutcome): string[] {
  const last = task.attempts.at(-1);
  const left = task.attempts
    .slice(0, -1)
    .filter(({ outcome }) => outcome !== 'refused' && outcome !== 'not_sent');
  const strays = sellers.filter((seller) => seller !== last?.provider);
  return [
    ...left.map(({ provider, outcome }) => `${prompt} left ${provider} after ${outcome ?? 'no answer'}`),
    ...strays.map((seller) => `${prompt} bought a job at ${seller}, which is not the last that was tried`),
  ];
}

function countJobs({ simulated }: InProcessGateway): string {
  const counts = [...simulated].map(([name, provider]) => `${name} ${provider.jobs().length}`);
  return `jobs: ${counts.join(', ')}`;
}
