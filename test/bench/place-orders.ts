import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';
import * as z from 'zod';
import type { LocalFile } from '../../infra/local/local-file.ts';

/** What became of a number of orders at a gateway that serves over HTTP. */
export interface Load {
  /** From the first request to the last answer. */
  readonly seconds: number;
  readonly latenciesMs: readonly number[];
  /** Of the videos, in the order of their answers. */
  readonly ids: readonly string[];
}

interface LoadOptions {
  readonly count: number;
  /** So many orders are on their way at once. */
  readonly concurrency: number;
  /** The JSON of the order of this number, from 0. */
  readonly toBody: (index: number) => object;
}

/** Places orders over connections that are kept. Rejects when one is answered with another status than 200. */
export async function placeOrders(
  local: LocalFile,
  { count, concurrency, toBody }: LoadOptions,
): Promise<Load> {
  const agent = new Agent({ keepAlive: true, maxSockets: concurrency });
  const latenciesMs: number[] = [];
  const ids: string[] = [];
  const startedAt = performance.now();
  const turns = Array(count).keys();
  const client = async () => {
    for (const index of turns) {
      const sentAt = performance.now();
      ids.push(await placeOrder(local, agent, toBody(index)));
      latenciesMs.push(performance.now() - sentAt);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, client));
  agent.destroy();
  return { seconds: (performance.now() - startedAt) / 1000, latenciesMs, ids };
}

const videoSchema = z.object({ id: z.string() });

async function placeOrder({ url, apiKey }: LocalFile, agent: Agent, body: object): Promise<string> {
  const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' };
  const { promise, resolve, reject } = Promise.withResolvers<{
    status: number | undefined;
    answer: string;
  }>();
  request(`${url}/v1/videos`, { method: 'POST', agent, headers }, (response) => {
    text(response).then((answer) => resolve({ status: response.statusCode, answer }), reject);
  })
    .once('error', reject)
    .end(JSON.stringify(body));
  const { status, answer } = await promise;
  if (status !== 200) throw new Error(`An order was answered with status ${status}: ${answer}`);
  return videoSchema.parse(JSON.parse(answer)).id;
}
