import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { synthesizeAssembly } from '../../infra/local/assembly.ts';
import { readMonth } from '../end-to-end/support/customer.ts';
import { createPublicApi } from '../end-to-end/support/public-api.ts';
import { newDataDirectory, type SpawnedGateway } from '../support/gateway.ts';
import { deleteVideo, makeAllDue, placeOrder, placeOrders, whileServing } from './deployment/deployed.ts';
import { mixAssemblies } from './deployment/mix-assemblies.ts';
import { synthesizeCommit } from './deployment/synthesize-commit.ts';
import { findTouched, leaveAsleep, leaveUnreadable, noteRows } from './deployment/unreadable-rows.ts';
import { type PlacedOrder, untilEnd } from './order-ends.ts';
import { countEndings, findProblems, type OrderEnd, type ProofReport } from './proof.ts';
import { createRandom } from './random.ts';

const proof = 'a deployment in the middle';
const seed = 20261124;
const longestLifeMs = 5000;
/** The first version, 0.1.0. */
const firstVersion = '7d7e773120bf5ac4da76ef229d7a8c141ec9440f';

/** In the middle of an update half of the functions are old, and then the other half; the state machine is in the first. */
const oldFirst = [
  'ApiFunction',
  'CallbackFunction',
  'CheckJobFunction',
  'SettleTaskFunction',
  'WorkflowStateMachine',
];
const oldThen = ['IntakeFunction', 'SweeperFunction', 'SubmitToProviderFunction', 'ArchiveVideoFunction'];

/** Real processes on one data directory: the first version, today's, mixtures of both, a rollback, and today's. */
export async function proveDeployment(): Promise<ProofReport> {
  const scratch = await mkdtemp(join(tmpdir(), 'conch-deployment-'));
  const dataDirectory = await newDataDirectory();
  try {
    const old = await synthesizeCommit(firstVersion, join(scratch, 'old'));
    if (old === undefined) return withoutCommit;
    const today = await synthesizeAssembly();
    const mix = (name: string, oldResources: readonly string[]) =>
      mixAssemblies({ today, old, oldResources }, join(scratch, name));
    const mixed = [await mix('half-old', oldFirst), await mix('other-half-old', oldThen)] as const;
    return await deploy({ old, today, mixed, dataDirectory });
  } finally {
    for (const directory of [scratch, dataDirectory]) await rm(directory, { recursive: true, force: true });
  }
}

const withoutCommit: ProofReport = {
  proof,
  done: 'nothing',
  counts: '',
  problems: [
    `Nothing was proven: this clone lacks the commit ${firstVersion}; git fetch --unshallow gets it`,
  ],
};

interface Deployment {
  readonly old: string;
  readonly today: string;
  readonly mixed: readonly [string, string];
  readonly dataDirectory: string;
}

async function deploy({ old, today, mixed, dataDirectory }: Deployment): Promise<ProofReport> {
  const random = createRandom(seed);
  const placed: PlacedOrder[] = [];
  const place = async (gateway: SpawnedGateway, phase: string) => {
    placed.push(...(await placeOrders(gateway, phase)));
    await sleep(random() * longestLifeMs);
  };
  const unwanted = await whileServing(old, dataDirectory, async (gateway) => {
    const order = { prompt: 'Failing and deleted', provider: 'piapi', model: 'hailuo-01' };
    await place(gateway, 'before');
    return placeOrder(gateway, order);
  });
  const asleep = await whileServing(today, dataDirectory, async (gateway) => {
    await place(gateway, 'updated');
    return leaveAsleep(gateway);
  });
  await whileServing(mixed[0], dataDirectory, (gateway) => place(gateway, 'half old'));
  const left = await whileServing(mixed[1], dataDirectory, async (gateway) => {
    await place(gateway, 'other half old');
    const deleted = { id: unwanted.id, end: await deleteVideo(gateway, unwanted) };
    const orders = [asleep, ...(await leaveUnreadable(gateway))];
    return { deleted, unreadable: await noteRows(gateway, orders) };
  });
  const { unreadable, deleted } = left;
  const touched = await whileServing(old, dataDirectory, async (gateway) => {
    await place(gateway, 'rolled back');
    return findTouched(gateway, unreadable);
  });
  return whileServing(today, dataDirectory, async (gateway) => {
    const all = [...placed, ...unreadable];
    await makeAllDue(gateway, all);
    return report(gateway, { placed: all, deleted, touched });
  });
}

interface Outcome {
  readonly placed: readonly PlacedOrder[];
  readonly deleted: { readonly id: string; readonly end: OrderEnd };
  readonly touched: readonly string[];
}

async function report(
  { local }: SpawnedGateway,
  { placed, deleted, touched }: Outcome,
): Promise<ProofReport> {
  const ends = [...(await Promise.all(placed.map((order) => untilEnd(order, local)))), deleted.end];
  const month = await readMonth(local, local.account);
  const { status } = await createPublicApi(local).call(`/v1/videos/${deleted.id}`);
  const isGone = status === 404 ? [] : [`A video that was deleted is shown again: ${status}`];
  return {
    proof,
    done: `first version, today's, half of the functions old, the other half, first version, today's; stopped in the middle of ${ends.length} orders, seed ${seed}`,
    counts: countEndings(ends),
    problems: [...touched, ...isGone, ...findProblems(ends, month), ...findWrongEnds(ends)],
  };
}

/**
 * Each order ends as it would have without a deployment, but for one that the end of a gateway cut off from its
 * provider: that is parked, unless there is a job that calls back.
 */
function findWrongEnds(ends: readonly OrderEnd[]): string[] {
  const wrong = ends.filter((end) => end.ending !== wantedEnding(end) && !isCutOff(end));
  return wrong.map(({ prompt, ending }) => `${prompt} ended as ${ending}`);
}

function wantedEnding({ prompt }: OrderEnd): string {
  if (prompt.startsWith('Failing')) return 'generation_failed';
  return prompt.startsWith('Canceled') ? 'canceled' : 'completed';
}

function isCutOff({ prompt, ending, jobs }: OrderEnd): boolean {
  const isParked = ending === 'submit_unknown' || ending === 'waiting';
  return isParked && (jobs.length === 0 || prompt.includes('cloudsway'));
}
