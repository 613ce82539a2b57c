import { orderThroughOpenAi } from './openai-orders/order-through-openai.ts';
import { countEndings, type ProofReport } from './proof.ts';

const orders = { calls: 1000, perWave: 50, seed: 20261125 } as const;

/** What `npm test` does with a hundred creates of OpenAI's client, with a thousand. */
export async function proveOpenAiOrders(): Promise<ProofReport> {
  const { ends, told, delivered, struck, problems } = await orderThroughOpenAi(orders);
  const { calls, perWave, seed } = orders;
  const network = `the gateway had ${delivered} requests, ${told} calls were answered, ${struck} calls of workers went wrong`;
  return {
    proof: 'orders through the openai SDK',
    done: `${calls} creates of the real client, ${perWave} at once; network, providers and workers fail at random, injected clock, seed ${seed}`,
    counts: `${ends.length} orders: ${countEndings(ends)}; ${network}`,
    problems,
  };
}
