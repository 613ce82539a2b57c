import { requireOutput } from '../../../infra/local/provision.ts';
import { isTerminal, type Task } from '../../../shared/domain/task.ts';
import { hasKeptHold } from '../../../shared/ledger/resolve.ts';
import { videoKey } from '../../../shared/storage/media-store.ts';
import { countersOf } from '../../../shared/storage/money-counters.ts';
import { findWebhookBreaches } from './find-webhook-breaches.ts';
import type { MemoryGateway } from './memory-gateway.ts';
import type { Books, MoneyBooks } from './read-books.ts';

/** What is wrong with the money at any moment: no balance is negative, and each is the sum of its tasks. */
export function findMoneyBreaches({ tasks, counters }: MoneyBooks): string[] {
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
    ...findJobBreaches(books),
    ...findWebhookBreaches(books, gateway),
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
  const job = books.jobs.find(({ id }) => task.attempts.some(({ jobId }) => jobId === id));
  const video = await gateway.context.media.headObject(videoKey(task.id));
  const { state, failure, result, deletedAt, chargeMicroUsd } = task;
  const [isCompleted, isKept, isPaid] = [
    state === 'completed',
    hasKeptHold(task),
    job?.status === 'succeeded',
  ];
  const charge = expectedCharge(task);
  const hasVideo = result !== undefined && deletedAt === undefined;
  const breaches: readonly (readonly [isBroken: boolean, what: string])[] = [
    [!isTerminal(state), `is stuck in ${state}`],
    [isCompleted && !isPaid, `completed, its job is ${job?.status}`],
    // Of one that nobody could look at for hours the row says that it may be paid.
    [isPaid && failure?.charged === 'no', `was paid for and ended as ${failure?.code}`],
    [chargeMicroUsd !== charge, `was charged ${chargeMicroUsd} instead of ${charge}`],
    [isKept !== (failure?.code === 'submit_unknown'), `ended as ${failure?.code}, hold kept: ${isKept}`],
    [isCompleted && result === undefined, 'completed without a file'],
    [hasVideo !== (video !== undefined), `is ${state}, its archived file has ${video?.bytes} bytes`],
    [hasVideo && video?.bytes !== result.bytes, `has a file of ${video?.bytes} bytes, not ${result?.bytes}`],
    [task.followUps.length > 0, `has ${task.followUps.join()} left to do`],
  ];
  return breaches
    .filter(([isBroken]) => isBroken)
    .map(([, what]) => `"${books.prompts.get(task.id)}" ${what}`);
}

function expectedCharge(task: Task): number | undefined {
  if (task.state === 'completed') return task.holdMicroUsd;
  if (task.failure?.code === 'submit_unknown') return undefined;
  return task.failure?.charged === 'yes' ? task.holdMicroUsd : 0;
}

/** Each order is bought once at most, and a job that no order knows of belongs to one whose hold is kept. */
function findJobBreaches({ jobs, tasks, prompts }: Books): string[] {
  const idsOf = ({ attempts }: Task) => attempts.flatMap(({ jobId }) => jobId ?? []);
  const known = new Set(tasks.flatMap(idsOf));
  return [...new Set(jobs.map(({ prompt }) => prompt))].flatMap((prompt) => {
    const own = jobs.filter((job) => job.prompt === prompt);
    const ownIds = new Set(own.map(({ id }) => id));
    // Of a deleted order the prompt is gone.
    const orders = tasks.filter(
      (task) => prompts.get(task.id) === prompt || idsOf(task).some((id) => ownIds.has(id)),
    );
    const strays = own.filter(({ id }) => !known.has(id));
    const kept = orders.filter(hasKeptHold);
    return [
      ...(own.length > orders.length ? [`"${prompt}" bought ${own.length} jobs`] : []),
      ...(strays.length > kept.length ? [`"${prompt}" has a job that nobody knows of`] : []),
    ];
  });
}
