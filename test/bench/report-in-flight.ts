import { rm } from 'node:fs/promises';
import type { LocalFile } from '../../infra/local/local-file.ts';
import { readMonth } from '../end-to-end/support/customer.ts';
import { controlSimulation } from '../end-to-end/support/simulation.ts';
import { newDataDirectory, spawnGateway } from '../support/gateway.ts';
import { type Flight, listFlights, mostAtOnce } from './flights.ts';
import { type Flying, fly } from './fly.ts';
import { formatTable, formatTarget } from './format-table.ts';
import type { Memory } from './process-memory.ts';

const orders = 2000;
const concurrency = 32;
/** Long enough for all orders to be submitted before the first job ends. */
const jobSeconds = 150;
/** Of memory, for each order in flight. */
const maxKilobytesEach = 1024;

/** The providers that need no image; the limits of two of them are lifted. */
const choices = [
  { provider: 'piapi', model: 'hailuo-01' },
  { provider: 'cloudsway', model: 'hailuo-01' },
  { provider: 'haiper', model: 'haiper' },
  { provider: 'apixo', model: 'hailuo-2.3' },
  { provider: 'kie', model: 'hailuo-02' },
  { provider: 'minimax', model: 'hailuo-2.3' },
] as const;
const settings = { CONCH_SIMULATED_SECONDS: String(jobSeconds), KIE_LIMITS: '{}', MINIMAX_LIMITS: '{}' };

/** 2,000 orders in flight at the same moment on `npm start`, in a process of its own. */
export async function reportInFlight(): Promise<string> {
  const dataDirectory = await newDataDirectory();
  try {
    const gateway = await spawnGateway(dataDirectory, settings);
    try {
      const flying = await fly(gateway.local, { count: orders, concurrency, choices });
      return toTable(flying, await readLanding(gateway.local, flying));
    } finally {
      await gateway.stop();
    }
  } finally {
    await rm(dataDirectory, { recursive: true });
  }
}

/** What became of them all. */
interface Landing {
  readonly flights: readonly Flight[];
  /** Jobs that the providers started, the warm-up's left out. */
  readonly jobs: readonly {
    readonly id: string;
    readonly prompt: string;
    readonly endsAt?: string | undefined;
  }[];
  /** Whether what the account spent and holds is what its videos were charged and hold. */
  readonly isMoneyRight: boolean;
}

async function readLanding(local: LocalFile, { load }: Flying): Promise<Landing> {
  const all = await listFlights(local);
  const states = await Promise.all(
    choices.map(({ provider }) => controlSimulation(local, provider).readState()),
  );
  const { committedMicroUsd, spentMicroUsd } = await readMonth(local, local.account);
  const charged = all.reduce((sum, { chargedMicroUsd }) => sum + chargedMicroUsd, 0);
  const held = all.reduce((sum, { heldMicroUsd }) => sum + heldMicroUsd, 0);
  const ordered = new Set(load.ids);
  return {
    flights: all.filter(({ id }) => ordered.has(id)),
    jobs: states.flatMap(({ jobs }) => jobs).filter(({ prompt }) => !prompt.startsWith('Warm-up')),
    isMoneyRight: committedMicroUsd === held && spentMicroUsd === charged,
  };
}

function toTable({ load, seconds, memory }: Flying, { flights, jobs, isMoneyRight }: Landing): string {
  const most = mostAtOnce(toSpans({ flights, jobs }));
  const completed = flights.filter(({ status }) => status === 'completed').length;
  const orderedTwice = jobs.length - new Set(jobs.map(({ prompt }) => prompt)).size;
  const { before, inFlight, after } = memory;
  const kilobytesEach = (((after?.peak ?? 0) - (before?.resident ?? 0)) * 1024) / orders;
  return formatTable(
    `In flight (${orders} orders over ${choices.length} providers, jobs of ${jobSeconds} s)`,
    [
      ['in flight at the same moment', `${most}`, formatTarget(`= ${orders}`, most === orders)],
      ['completed', `${completed}`, formatTarget(`= ${orders}`, completed === orders)],
      ['lost', `${orders - flights.length}`, formatTarget('= 0', flights.length === orders)],
      ['bought twice', `${orderedTwice}`, formatTarget('= 0', orderedTwice === 0)],
      [
        'the account is the sum of its videos',
        isMoneyRight ? 'yes' : 'no',
        formatTarget('= yes', isMoneyRight),
      ],
      ['accepted per second, while all are submitted', (orders / load.seconds).toFixed(0), ''],
      [
        'all in flight after, all over after',
        `${seconds.untilUp.toFixed(0)} s, ${seconds.untilDown.toFixed(0)} s`,
        '',
      ],
      ['memory before', toMegabytes(before), ''],
      ['memory with all in flight', toMegabytes(inFlight), ''],
      ['memory afterwards, at rest', toMegabytes(after), ''],
      ['memory at its peak', after === undefined ? '' : `${after.peak.toFixed(0)} MB`, ''],
      [
        'growth to the peak, for each order',
        `${kilobytesEach.toFixed(0)} KB`,
        formatTarget(`≤ ${maxKilobytesEach} KB`, kilobytesEach <= maxKilobytesEach),
      ],
    ],
  );
}

/** From when a row knows of its job until that has ended at its provider. */
function toSpans({ flights, jobs }: Pick<Landing, 'flights' | 'jobs'>) {
  const ends = new Map(jobs.map(({ id, endsAt }) => [id, Date.parse(endsAt ?? '')]));
  return flights.flatMap(({ fromMs, jobId }) => {
    const toMs = ends.get(jobId);
    return toMs === undefined ? [] : [{ fromMs, toMs }];
  });
}

function toMegabytes(memory: Memory | undefined): string {
  return memory === undefined ? 'not told by this system' : `${memory.resident.toFixed(0)} MB`;
}
