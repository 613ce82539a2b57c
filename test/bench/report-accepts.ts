import { rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import * as z from 'zod';
import type { LocalFile } from '../../infra/local/local-file.ts';
import { newDataDirectory, spawnGateway } from '../support/gateway.ts';
import { formatTable, formatTarget, percentileOf } from './format-table.ts';

const warmUps = 400;
const orders = 600;
const concurrency = 32;
const minPerSecond = 300;
/** Longer than the run, so that nothing completes meanwhile. */
const simulatedSeconds = '600';

/**
 * Accepted orders a second on `npm start`, in a process of its own, once it is warm and has submitted what came
 * before; each order's execution starts too.
 */
export async function reportAccepts(): Promise<string> {
  const dataDirectory = await newDataDirectory();
  try {
    const gateway = await spawnGateway(dataDirectory, { CONCH_SIMULATED_SECONDS: simulatedSeconds });
    try {
      await placeOrders(gateway.local, warmUps);
      await untilSubmitted(gateway.local);
      return toTable(await placeOrders(gateway.local, orders));
    } finally {
      await gateway.stop();
    }
  } finally {
    await rm(dataDirectory, { recursive: true });
  }
}

interface Load {
  readonly seconds: number;
  readonly latenciesMs: readonly number[];
}

function toTable({ seconds, latenciesMs }: Load): string {
  const perSecond = latenciesMs.length / seconds;
  const [median, tail] = [0.5, 0.99].map((share) => percentileOf(latenciesMs, share).toFixed(0));
  return formatTable(
    `Accepts (${orders} POST /v1/videos, ${concurrency} at once, on the warm local gateway)`,
    [
      [
        'accepted per second',
        perSecond.toFixed(0),
        formatTarget(`≥ ${minPerSecond}`, perSecond >= minPerSecond),
      ],
      ['p50', `${median} ms`, ''],
      ['p99', `${tail} ms`, ''],
    ],
  );
}

async function placeOrders(local: LocalFile, count: number): Promise<Load> {
  const agent = new Agent({ keepAlive: true, maxSockets: concurrency });
  const latenciesMs: number[] = [];
  const startedAt = performance.now();
  const turns = Array(count).keys();
  const client = async () => {
    for (const _turn of turns) {
      const sentAt = performance.now();
      await placeOrder(local, agent);
      latenciesMs.push(performance.now() - sentAt);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, client));
  agent.destroy();
  return { seconds: (performance.now() - startedAt) / 1000, latenciesMs };
}

const listSchema = z.object({ data: z.array(z.object({ status: z.string() })) });

/** Waits until the youngest orders are with their providers: no submit is left that would share the cores. */
async function untilSubmitted({ url, apiKey }: LocalFile): Promise<void> {
  const headers = { authorization: `Bearer ${apiKey}` };
  for (let tries = 0; tries < 100; tries += 1) {
    const page = listSchema.parse(await (await fetch(`${url}/v1/videos?limit=100`, { headers })).json());
    if (page.data.every(({ status }) => status === 'in_progress')) return;
    await setTimeout(100);
  }
  throw new Error('The orders of the warm-up were not submitted within ten seconds');
}

const body = JSON.stringify({ prompt: 'A lighthouse at dusk, waves below [Push in]' });

function placeOrder({ url, apiKey }: LocalFile, agent: Agent): Promise<void> {
  const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' };
  return new Promise((resolve, reject) => {
    const outgoing = request(`${url}/v1/videos`, { method: 'POST', agent, headers }, (response) => {
      response.resume().once('end', () => {
        if (response.statusCode === 200) resolve();
        else reject(new Error(`An order was answered with status ${response.statusCode}`));
      });
    });
    outgoing.once('error', reject).end(body);
  });
}
