import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import type { FaultInput } from '../../../infra/local/simulated-providers/faults.ts';
import { terminalStates } from '../../../shared/domain/task.ts';
import { createPublicApi } from '../../end-to-end/support/public-api.ts';
import { controlSimulation } from '../../end-to-end/support/simulation.ts';
import { waitUntil } from '../../end-to-end/support/wait-until.ts';
import { type SpawnedGateway, spawnGateway } from '../../support/gateway.ts';
import { type PlacedOrder, untilEnd } from '../order-ends.ts';
import type { OrderEnd } from '../proof.ts';
import { makeRowDue, readRow } from './stored-row.ts';

const serveEntry = fileURLToPath(new URL('serve-assembly.ts', import.meta.url));
const variables = {
  CONCH_SIMULATED_SECONDS: '6',
  // So that orders wait for a place, which the first version knows nothing of.
  CLOUDSWAY_LIMITS: '{"concurrent":1}',
};

/** By the prompts of the orders that they strike. */
const faults: readonly FaultInput[] = [
  { kind: 'create_hangs', promptIncludes: 'Hanging' },
  { kind: 'fail', promptIncludes: 'Failing' },
  { kind: 'lose_callback', promptIncludes: 'Unheard' },
  { kind: 'slow', factor: 2, promptIncludes: 'Slow' },
  // Whether or not its provider can still cancel it, it fails after it was asked to.
  { kind: 'slow', factor: 4, promptIncludes: 'Canceled' },
  { kind: 'fail', promptIncludes: 'Canceled' },
];

/** Runs an assembly on a data directory for as long as `work` takes, then stops it, whatever is under way. */
export async function whileServing<Result>(
  assembly: string,
  dataDirectory: string,
  work: (gateway: SpawnedGateway) => Promise<Result>,
): Promise<Result> {
  const gateway = await spawnGateway(dataDirectory, variables, [serveEntry, assembly]);
  try {
    for (const name of Object.keys(gateway.local.providers))
      await controlSimulation(gateway.local, name).setFaults(faults);
    return await work(gateway);
  } finally {
    await gateway.stop();
  }
}

const orders = [
  { prompt: 'Plain', provider: 'piapi' },
  { prompt: 'Plain', provider: 'cloudsway' },
  { prompt: 'Hanging', provider: 'piapi' },
  { prompt: 'Unheard', provider: 'piapi' },
  { prompt: 'Slow', provider: 'cloudsway' },
  { prompt: 'Failing', provider: 'piapi' },
];

/**
 * Orders that any version takes, their prompts unlike those of other phases. Resolves when all are answered by their
 * provider, or wait for a place there: a deployment lets a function end what it has begun, but not this gateway's end.
 * What hangs is cut off.
 */
export async function placeOrders(gateway: SpawnedGateway, phase: string): Promise<PlacedOrder[]> {
  const placed = await Promise.all(
    orders.map(({ prompt, provider }) =>
      placeOrder(gateway, { prompt: `${prompt} for ${provider}, ${phase}`, provider, model: 'hailuo-01' }),
    ),
  );
  const answered = placed.filter(({ prompt }) => !prompt.startsWith('Hanging'));
  for (const { id, prompt } of answered)
    await waitUntil(`the answer to ${prompt}`, () => isAnswered(gateway, id), { intervalMs: 100 });
  return placed;
}

const answeredSchema = z.object({
  queuedAt: z.string().optional(),
  attempts: z.array(z.object({ outcome: z.string().optional() })),
});

async function isAnswered({ local }: SpawnedGateway, id: string): Promise<true | undefined> {
  const { queuedAt, attempts } = answeredSchema.parse(await readRow(local, id));
  return queuedAt !== undefined || attempts.at(-1)?.outcome !== undefined || undefined;
}

interface NewOrder {
  readonly prompt: string;
  readonly provider: string;
  readonly model: string;
}

/** Under its prompt as Idempotency-Key. */
export async function placeOrder({ local }: SpawnedGateway, order: NewOrder): Promise<PlacedOrder> {
  const { id } = await createPublicApi(local).order(order, { 'idempotency-key': order.prompt });
  return { id, provider: order.provider, prompt: order.prompt };
}

/**
 * What a version could not read, or route, is the sweeper's later: after five minutes, or half an hour after its job
 * began. Here that time has passed at once.
 */
export async function makeAllDue({ local }: SpawnedGateway, orders: readonly PlacedOrder[]): Promise<void> {
  for (const { id } of orders) {
    const { state } = await readRow(local, id);
    if (!endings.has(state)) await makeRowDue(local, id);
  }
}

const endings: ReadonlySet<unknown> = new Set(terminalStates);

/** Deletes the video of an order once it has ended; returns how it did. */
export async function deleteVideo({ local }: SpawnedGateway, order: PlacedOrder): Promise<OrderEnd> {
  const end = await untilEnd(order, local);
  const { status } = await createPublicApi(local).call(`/v1/videos/${order.id}`, { method: 'DELETE' });
  if (status !== 200) throw new Error(`The deletion of ${order.prompt} was answered ${status}`);
  return end;
}
