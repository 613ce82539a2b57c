import * as z from 'zod';
import { secondsAfter } from '../../shared/clock.ts';
import { createRandom, type Random } from '../prove/random.ts';
import { type InProcessGateway, startInProcessGateway } from './in-process-gateway.ts';
import { readMonth } from './in-process-month.ts';

/** The limits of KIE.ai's document. */
const limits = { concurrent: 10, perHour: 60, spacingSeconds: 1 } as const;

export interface LimitsSimulation {
  readonly tasks: number;
  /** So many executions are stopped at random moments, half of them unnoticed by the event rule. */
  readonly kills: number;
  readonly seed: number;
}

/** What the simulated provider and the state machine saw. */
export interface LimitsReport {
  readonly completed: number;
  readonly jobs: number;
  readonly mostAtOnce: number;
  readonly mostInAnHour: number;
  readonly closestRequestsSeconds: number;
  /** Orders that started although an earlier one still waited; of killed ones the restart counts. */
  readonly overtakings: number;
  readonly mostTransitionsSpentWaiting: number;
  readonly meanTransitionsSpentWaiting: number;
  readonly hours: number;
  readonly spentMicroUsd: number;
  readonly chargedMicroUsd: number;
  readonly committedMicroUsd: number;
}

const provider = 'kie';
const arrivalSeconds = 0.2;
/** So many state transitions has a task that does not wait: its callback comes before the first look. */
const transitionsWithoutWaiting = 7;
const maxTransitionsSpentWaiting = 4;
const firstKillSeconds = 120;
const maxKillHours = 8;
const jobSeconds = 180;

/** Many orders at once for one narrow provider, to the end, on the injected clock. */
export async function simulateLimits(simulation: LimitsSimulation): Promise<LimitsReport> {
  const gateway = await startInProcessGateway({ jobSeconds, videoBytes: 20_000 });
  try {
    const startedAt = gateway.clock.now();
    const ids = scheduleOrders(gateway, simulation.tasks);
    const killed = scheduleKills(gateway, simulation, ids);
    gateway.sweepUntilDone();
    await gateway.runToEnd();
    return await report(gateway, ids, { killed, startedAt });
  } finally {
    await gateway.close();
  }
}

/** One order after the other, on the clock; the ids are complete once the simulation has run. */
function scheduleOrders(gateway: InProcessGateway, tasks: number): string[] {
  const ids: string[] = [];
  const place = async (number: number) => {
    const json = { model: 'hailuo-02', prompt: `Order ${number}`, provider };
    const answer = await gateway.call({ method: 'POST', path: '/v1/videos', json });
    ids.push(z.object({ id: z.string() }).parse(answer.body).id);
  };
  for (let number = 1; number <= tasks; number += 1) {
    const at = secondsAfter(gateway.clock.now(), number * arrivalSeconds);
    gateway.clock.schedule(new Date(at), () => void place(number));
  }
  return ids;
}

/** At random moments of the time that the whole takes; what has ended by then is not hurt. */
function scheduleKills(gateway: InProcessGateway, simulation: LimitsSimulation, ids: readonly string[]) {
  const random = createRandom(simulation.seed);
  const numbers = pickSome(simulation, random);
  for (const [index, number] of numbers.entries()) {
    const at = secondsAfter(gateway.clock.now(), firstKillSeconds + random() * maxKillHours * 3600);
    const kill = () => void gateway.kill(ids[number - 1] ?? '', index % 2 === 0);
    gateway.clock.schedule(new Date(at), kill);
  }
  return new Set(numbers);
}

function pickSome({ tasks, kills }: LimitsSimulation, random: Random): number[] {
  const numbers = Array.from({ length: tasks }, (_, index) => ({ number: index + 1, order: random() }));
  const shuffled = numbers.toSorted((a, b) => a.order - b.order);
  return shuffled.slice(0, kills).map(({ number }) => number);
}

interface Run {
  /** By their number. */
  readonly killed: ReadonlySet<number>;
  readonly startedAt: Date;
}

async function report(
  gateway: InProcessGateway,
  ids: readonly string[],
  { killed, startedAt }: Run,
): Promise<LimitsReport> {
  const simulated = gateway.simulated.get(provider);
  if (simulated === undefined) throw new Error(`${provider} is not simulated`);
  const jobs = simulated.jobs();
  const starts = jobs.map(({ acceptedAt }) => Date.parse(acceptedAt) / 1000);
  const tasks = await Promise.all(ids.map(gateway.readTask));
  const unhurt = ids.filter((_, index) => !killed.has(index + 1));
  const waits = unhurt.map((id) => gateway.countTransitions(id) - transitionsWithoutWaiting);
  return {
    completed: tasks.filter(({ state }) => state === 'completed').length,
    jobs: jobs.length,
    mostAtOnce: mostWithin(starts, jobSeconds),
    mostInAnHour: mostWithin(starts, 3600),
    closestRequestsSeconds: closest(simulated.requestTimes().map((at) => at.getTime() / 1000)),
    overtakings: countOvertakings(jobs, killed),
    mostTransitionsSpentWaiting: Math.max(...waits),
    meanTransitionsSpentWaiting: sum(waits) / waits.length,
    hours: (gateway.clock.now().getTime() - startedAt.getTime()) / 3_600_000,
    chargedMicroUsd: sum(tasks.map(({ chargeMicroUsd = 0 }) => chargeMicroUsd)),
    ...(await readMonth(gateway)),
  };
}

/** The most starts in any window of this length. */
function mostWithin(starts: readonly number[], seconds: number): number {
  const counts = starts.map(
    (first, index) => starts.slice(index).filter((start) => start - first < seconds).length,
  );
  return Math.max(...counts);
}

function closest(times: readonly number[]): number {
  return Math.min(...times.slice(1).map((time, index) => time - (times[index] ?? 0)));
}

function countOvertakings(jobs: readonly { readonly prompt: string }[], killed: ReadonlySet<number>): number {
  const unhurt = jobs
    .map(({ prompt }) => Number(prompt.replace('Order ', '')))
    .filter((number) => !killed.has(number));
  return unhurt.filter((number, index) => number < (unhurt[index - 1] ?? 0)).length;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** What the simulation must never show; empty when all is well. */
export function findBreaches(report: LimitsReport, { tasks }: LimitsSimulation): string[] {
  const { committedMicroUsd, spentMicroUsd, chargedMicroUsd } = report;
  const breaches: readonly (readonly [isBroken: boolean, what: string])[] = [
    [report.completed !== tasks, `${report.completed} of ${tasks} orders completed`],
    [report.jobs !== tasks, `${report.jobs} jobs were bought for ${tasks} orders`],
    [report.mostAtOnce > limits.concurrent, `${report.mostAtOnce} jobs ran at once`],
    [report.mostInAnHour > limits.perHour, `${report.mostInAnHour} jobs started within an hour`],
    [
      report.closestRequestsSeconds < limits.spacingSeconds,
      `two requests came within ${report.closestRequestsSeconds} s`,
    ],
    [report.overtakings > 0, `${report.overtakings} orders started before an earlier one`],
    [
      report.mostTransitionsSpentWaiting > maxTransitionsSpentWaiting,
      `a task spent ${report.mostTransitionsSpentWaiting} transitions on waiting`,
    ],
    [committedMicroUsd !== 0, `${committedMicroUsd} are still held`],
    [spentMicroUsd !== chargedMicroUsd, `${spentMicroUsd} were spent, ${chargedMicroUsd} charged`],
  ];
  return breaches.filter(([isBroken]) => isBroken).map(([, what]) => what);
}
