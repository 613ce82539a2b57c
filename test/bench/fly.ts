import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import type { LocalFile } from '../../infra/local/local-file.ts';
import { controlSimulation } from '../end-to-end/support/simulation.ts';
import { waitUntil } from '../end-to-end/support/wait-until.ts';
import { type Load, placeOrders } from './place-orders.ts';
import { type Memory, readMemory } from './process-memory.ts';

export interface Flying {
  readonly load: Load;
  /** From the first order until each job was under way, and until each video was over. */
  readonly seconds: { readonly untilUp: number; readonly untilDown: number };
  /** Of the gateway's process; absent where the system does not tell. */
  readonly memory: Readonly<Record<'before' | 'inFlight' | 'after', Memory | undefined>>;
}

export interface FlyOptions {
  readonly count: number;
  readonly concurrency: number;
  /** Each order goes to the next of them, and back to the first after the last. */
  readonly choices: readonly { readonly provider: string; readonly model: string }[];
}

const warmUps = 60;
const warmUpRestMs = 10_000;
/** V8 gives memory back only after a while without work. */
const restMs = 90_000;
const timeoutSeconds = 1200;
/** A list of many videos is work, too. */
const intervalMs = 3000;

/** Brings many orders into flight at one gateway, and waits until the last of them is over. */
export async function fly(local: LocalFile, { count, concurrency, choices }: FlyOptions): Promise<Flying> {
  await warmUp(local, concurrency);
  const before = await readMemory(local.pid);
  const startedAt = performance.now();
  const secondsSoFar = () => (performance.now() - startedAt) / 1000;
  const toBody = (index: number) => ({ prompt: toPrompt(index), ...choices[index % choices.length] });
  const load = await placeOrders(local, { count, concurrency, toBody });
  await untilNone(local, 'queued');
  const untilUp = secondsSoFar();
  const inFlight = await readMemory(local.pid);
  await untilNone(local, 'in_progress');
  const untilDown = secondsSoFar();
  await sleep(restMs);
  const after = await readMemory(local.pid);
  return { load, seconds: { untilUp, untilDown }, memory: { before, inFlight, after } };
}

const warmUpPrompt = 'Warm-up';

/** Of the order of this number. */
function toPrompt(index: number): string {
  return `Order ${String(index).padStart(4, '0')}`;
}

/** Orders whose jobs end at once, so that every function was at work before anything is measured. */
async function warmUp(local: LocalFile, concurrency: number): Promise<void> {
  const provider = 'piapi';
  const simulation = controlSimulation(local, provider);
  await simulation.setFaults([{ kind: 'early_callback', promptIncludes: warmUpPrompt }]);
  const toBody = (index: number) => ({ prompt: `${warmUpPrompt} ${index}`, provider });
  await placeOrders(local, { count: warmUps, concurrency, toBody });
  await untilNone(local, 'queued');
  await untilNone(local, 'in_progress');
  await sleep(warmUpRestMs);
}

const pageSchema = z.object({
  data: z.array(z.unknown()),
  has_more: z.boolean(),
  last_id: z.string().nullable(),
});

async function untilNone(local: LocalFile, status: string): Promise<void> {
  const probe = async () => ((await isAny(local, status)) ? undefined : true);
  await waitUntil(`no video to be ${status}`, probe, { timeoutSeconds, intervalMs });
}

/** A page may be empty although another one follows. */
async function isAny(local: LocalFile, status: string, after = ''): Promise<boolean> {
  const { url, apiKey } = local;
  const headers = { authorization: `Bearer ${apiKey}` };
  const answer = await fetch(`${url}/v1/videos?limit=1&status=${status}${after}`, { headers });
  const { data, has_more, last_id } = pageSchema.parse(await answer.json());
  if (data.length > 0 || !has_more) return data.length > 0;
  return isAny(local, status, `&after=${last_id}`);
}
