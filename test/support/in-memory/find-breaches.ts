import { requireOutput } from '../../../infra/local/provision.ts';
import { isTerminal, type Task } from '../../../shared/domain/task.ts';
import { hasKeptHold } from '../../../shared/ledger/resolve.ts';
import { videoKey } from '../../../shared/storage/media-store.ts';
import { countersOf } from '../../../shared/storage/money-counters.ts';
import type { MemoryGateway } from './memory-gateway.ts';
import type { Books } from './read-books.ts';

/** What is wrong with the money at any moment: no balance is negative, and each is the sum of its tasks. */
export function findMoneyBreaches({ tasks, counters }: Books): string[] {
  const sums = new Map<string, { committedMicroUsd: number; spentMicroUsd: number }>();
  for (const task of tasks) {
    const isHeld = !isTerminal(task.state) || hasKeptHold(task);
    for (const { key } of countersOf(task)) {
      const name = key['sk']?.S ?? '';
      const { committedMicroUsd, spentMicroUsd } = sums.get(name) ?? nothing;
      sums.set(name, {
        committedMicroUsd: committedMicroUsd + (isHeld ? task.holdMicroUsd : 0),
        spentMicroUsd: spentMicroUsd + (task.chargeMicroUsd ?? 0),
      });
    }
  }
  return [...new Set([...sums.keys(), ...counters.keys()])].flatMap((name) => {
    const [booked, summed] = [counters.get(name) ?? nothing, sums.get(name) ?? nothing];
    const isRight =
      booked.committedMicroUsd === summed.committedMicroUsd && booked.spentMicroUsd === summed.spentMicroUsd;
    return isRight && Math.min(...Object.values(booked)) >= 0
      ? []
      : [`${name} has ${JSON.stringify(booked)}, its tasks come to ${JSON.stringify(summed)}`];
  });
}

const nothing = { committedMicroUsd: 0, spentMicroUsd: 0 };

/** What is wrong once nothing is under way any more. */
export async function findBreaches(books: Books, gateway: MemoryGateway): Promise<string[]> {
  const { tasks, standings, waiting } = books;
  const running = gateway.world().engine.listExecutions({
    stateMachineArn: requireOutput(gateway.stack, 'StateMachineArn'),
    statusFilter: 'RUNNING',
  });
  const leases = [...standings].flatMap(([provider, { leases }]) =>
    Object.keys(leases).map((id) => `${name(id)} still has a place at ${provider}`),
  );
  const ofTasks = await Promise.all(tasks.map((task) => findTaskBreaches(task, books, gateway)));
  return [
    ...findMoneyBreaches(books),
    ...ofTasks.flat(),
    ...leases,
    ...waiting.map((id) => `${name(id)} still waits for a place`),
    ...running.executions.map(({ name: execution }) => `the execution ${execution} still runs`),
  ];
  function name(id: string): string {
    return `"${books.prompts.get(id)}"`;
  }
}

async function findTaskBreaches(task: Task, books: Books, gateway: MemoryGateway): Promise<string[]> {
  const prompt = books.prompts.get(task.id) ?? '';
  const jobs = books.jobs.filter((job) => job.prompt === prompt);
  const video = await gateway.context.media.headObject(videoKey(task.id));
  const [isCompleted, isKept] = [task.state === 'completed', hasKeptHold(task)];
  const isPaid = jobs.some(({ status }) => status === 'succeeded');
  const charge = expectedCharge(task);
  const breaches: readonly (readonly [isBroken: boolean, what: string])[] = [
    [!isTerminal(task.state), `is stuck in ${task.state}`],
    [jobs.length > 1, `bought ${jobs.length} jobs`],
    [isCompleted && !isPaid, 'completed without a job'],
    [isPaid && !isCompleted && !isKept && charge === 0, `was paid for and ended as ${task.failure?.code}`],
    [task.chargeMicroUsd !== charge, `was charged ${task.chargeMicroUsd} instead of ${charge}`],
    [
      isKept !== (task.failure?.code === 'submit_unknown'),
      `ended as ${task.failure?.code}, hold kept: ${isKept}`,
    ],
    [isCompleted !== (video !== undefined), `is ${task.state}, its archived file is ${video?.bytes} bytes`],
    [isCompleted && video?.bytes !== task.result?.bytes, 'has another file than its row says'],
    [task.followUps.length > 0, `has ${task.followUps.join()} left to do`],
  ];
  return breaches.filter(([isBroken]) => isBroken).map(([, what]) => `"${prompt}" ${what}`);
}

function expectedCharge(task: Task): number | undefined {
  if (task.state === 'completed') return task.holdMicroUsd;
  if (task.failure?.code === 'submit_unknown') return undefined;
  return task.failure?.charged === 'yes' ? task.holdMicroUsd : 0;
}
