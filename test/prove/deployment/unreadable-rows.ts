import { createPublicApi } from '../../end-to-end/support/public-api.ts';
import { controlSimulation } from '../../end-to-end/support/simulation.ts';
import { waitUntil } from '../../end-to-end/support/wait-until.ts';
import type { SpawnedGateway } from '../../support/gateway.ts';
import type { PlacedOrder } from '../order-ends.ts';
import { placeOrder } from './deployed.ts';
import { type Row, readRow } from './stored-row.ts';

/** An order whose row the first version cannot read, as it stood before the rollback. */
export interface Unreadable extends NewOrder {
  readonly row: Row;
  readonly jobCount: number;
}
interface NewOrder extends PlacedOrder {
  readonly model: string;
}

/** Of a model without resolutions, which the first version does not sell; its job outlives the gateway. */
export async function leaveAsleep(gateway: SpawnedGateway): Promise<NewOrder> {
  const asleep = await place(gateway, { ...foreign, prompt: 'Slow order for a new model' });
  await waitUntil(
    'its sleep',
    async () => 'deadlineAt' in (await readRow(gateway.local, asleep.id)) || undefined,
  );
  return asleep;
}

/** One that ended as the first version knows no end, and one that only the API can read. */
export async function leaveUnreadable(gateway: SpawnedGateway): Promise<NewOrder[]> {
  const canceled = await place(gateway, { prompt: 'Canceled order', provider: 'piapi', model: 'hailuo-01' });
  await waitUntil('a job to cancel', async () => (await jobsOf(gateway, canceled)).length > 0 || undefined);
  await createPublicApi(gateway.local).call(`/v1/videos/${canceled.id}/cancel`, { method: 'POST' });
  const isCanceled = async () => (await readRow(gateway.local, canceled.id))['state'] === 'canceled';
  await waitUntil('its end', async () => (await isCanceled()) || undefined);
  const unsent = await place(gateway, { ...foreign, prompt: 'Unsent order for a new model' });
  await waitUntil(
    'its sleep',
    async () => 'taskToken' in (await readRow(gateway.local, unsent.id)) || undefined,
  );
  return [canceled, unsent];
}

const foreign = { provider: 'haiper', model: 'haiper' };

async function place(gateway: SpawnedGateway, order: Omit<NewOrder, 'id'>): Promise<NewOrder> {
  return { ...order, ...(await placeOrder(gateway, order)) };
}

export function noteRows(gateway: SpawnedGateway, orders: readonly NewOrder[]): Promise<Unreadable[]> {
  return Promise.all(
    orders.map(async (order) => {
      const jobs = await jobsOf(gateway, order);
      return { ...order, row: await readRow(gateway.local, order.id), jobCount: jobs.length };
    }),
  );
}

/** What the first version made of them although it cannot read them: it refuses, and writes nothing that counts. */
export async function findTouched(gateway: SpawnedGateway, rows: readonly Unreadable[]): Promise<string[]> {
  for (const order of rows) await waitUntil(`the job of ${order.prompt}`, () => hasEnded(gateway, order));
  const problems = await Promise.all(rows.map((order) => compare(gateway, order)));
  const list = await createPublicApi(gateway.local).call('/v1/videos');
  return [...problems.flat(), ...differ('the list', list.status, 500)];
}

async function compare(gateway: SpawnedGateway, order: Unreadable): Promise<string[]> {
  const { id, prompt, provider, model, row, jobCount } = order;
  const api = createPublicApi(gateway.local);
  const shown = await api.call(`/v1/videos/${id}`);
  const repeated = await api.call('/v1/videos', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': prompt },
    body: JSON.stringify({ prompt, provider, model }),
  });
  const after = await readRow(gateway.local, order.id);
  const jobs = await jobsOf(gateway, order);
  return [
    ...differ(`${prompt} shown`, shown.status, 500),
    ...differ(`${prompt} repeated is taken`, repeated.ok, false),
    ...differ(`${prompt} has jobs`, jobs.length, jobCount),
    ...differ(`${prompt} has the row`, toFacts(after), toFacts(row)),
  ];
}

/** All but who sleeps, how often somebody looked, and when the sweeper comes. */
function toFacts(row: Row): string {
  const { wake, taskToken, sleptAt, sleepSeconds, looks, nextDueAt, ...facts } = row;
  return JSON.stringify(Object.entries(facts).toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

async function hasEnded(gateway: SpawnedGateway, order: PlacedOrder): Promise<true | undefined> {
  const jobs = await jobsOf(gateway, order);
  return jobs.every(({ status }) => status === 'succeeded' || status === 'failed') || undefined;
}

function jobsOf({ local }: SpawnedGateway, { provider, prompt }: PlacedOrder) {
  return controlSimulation(local, provider).jobsOf(prompt);
}

function differ(what: string, found: unknown, wanted: unknown): string[] {
  return found === wanted ? [] : [`Rolled back, ${what} ${found} and not ${wanted}`];
}
