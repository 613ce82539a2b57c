import { readMonth } from '../end-to-end/support/customer.ts';
import { createPublicApi } from '../end-to-end/support/public-api.ts';
import { controlSimulation } from '../end-to-end/support/simulation.ts';
import { startTestGateway } from '../support/gateway.ts';
import { untilEnd } from './order-ends.ts';
import { countEndings, findProblems, type ProofReport } from './proof.ts';
import { createRandom } from './random.ts';
import { faultsAt, planOrders, providers } from './random-faults.ts';

const seed = 20261120;
const orderCount = 100;

/** Orders through the running gateway, bundles and all, in real time. */
export async function proveShortFaults(): Promise<ProofReport> {
  const orders = planOrders(createRandom(seed), orderCount, 'short');
  const gateway = await startTestGateway();
  try {
    const { local } = gateway;
    const api = createPublicApi(local);
    for (const provider of providers)
      await controlSimulation(local, provider).setFaults(faultsAt(orders, provider));
    const ends = await Promise.all(
      orders.map(async ({ provider, prompt }) => {
        const { id } = await api.order({ provider, prompt });
        return untilEnd({ id, provider, prompt }, local);
      }),
    );
    return {
      proof: 'random faults, real time',
      done: `${orderCount} orders at once through the local gateway, seed ${seed}`,
      counts: countEndings(ends),
      problems: findProblems(ends, await readMonth(local, local.account)),
    };
  } finally {
    await gateway.close();
  }
}
