import { rm } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import * as z from 'zod';
import type { LocalFile } from '../../infra/local/local-file.ts';
import { newDataDirectory, spawnGateway } from '../support/gateway.ts';
import { formatTable, formatTarget, percentileOf } from './format-table.ts';
import { type Load, placeOrders } from './place-orders.ts';

const warmUps = 400;
const orders = 600;
const concurrency = 32;
const crowd = { concurrency, toBody: () => ({ prompt: 'A lighthouse at dusk, waves below [Push in]' }) };
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
      await placeOrders(gateway.local, { ...crowd, count: warmUps });
      await untilSubmitted(gateway.local);
      return toTable(await placeOrders(gateway.local, { ...crowd, count: orders }));
    } finally {
      await gateway.stop();
    }
  } finally {
    await rm(dataDirectory, { recursive: true });
  }
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
