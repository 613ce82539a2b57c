import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import { requireOutput } from '../../infra/local/provision.ts';
import { isTerminal } from '../../shared/domain/task.ts';
import { monthKey } from '../../shared/storage/money-counters.ts';
import {
  type InProcessGateway,
  inProcessAccount,
  startInProcessGateway,
} from '../support/in-process-gateway.ts';
import { countEndings, findProblems, type OrderEnd, type ProofReport } from './proof.ts';
import { createRandom } from './random.ts';
import { faultsAt, planOrders, type RandomOrder } from './random-faults.ts';

const seed = 20261121;
const orderCount = 300;

const videoSchema = z.object({ id: z.string() });
const monthSchema = z.object({ committedMicroUsd: z.int(), spentMicroUsd: z.int() });

/** Orders whose faults last up to hours, on a clock that jumps. */
export async function proveLongFaults(): Promise<ProofReport> {
  const orders = planOrders(createRandom(seed), orderCount, 'long');
  const gateway = await startInProcessGateway({ jobSeconds: 180, videoBytes: 20_000 });
  try {
    for (const [name, provider] of gateway.simulated) provider.setFaults(faultsAt(orders, name));
    const ids = await Promise.all(orders.map((order) => place(order, gateway)));
    await gateway.runToEnd();
    const ends = await Promise.all(orders.map((order, index) => readEnd(order, ids[index] ?? '', gateway)));
    return {
      proof: 'random faults, to the end',
      done: `${orderCount} orders at once on a clock that jumps, seed ${seed}`,
      counts: countEndings(ends),
      problems: findProblems(ends, await readMonth(gateway)),
    };
  } finally {
    await gateway.close();
  }
}

async function place({ provider, prompt }: RandomOrder, gateway: InProcessGateway): Promise<string> {
  const { body } = await gateway.call({ method: 'POST', path: '/v1/videos', json: { provider, prompt } });
  return videoSchema.parse(body).id;
}

async function readEnd(order: RandomOrder, id: string, gateway: InProcessGateway): Promise<OrderEnd> {
  const task = await gateway.readTask(id);
  const jobs = gateway.simulated.get(order.provider)?.jobs() ?? [];
  return {
    prompt: order.prompt,
    ending: isTerminal(task.state) ? (task.failure?.code ?? task.state) : `stuck in ${task.state}`,
    holdMicroUsd: task.holdMicroUsd,
    chargeMicroUsd: task.chargeMicroUsd,
    jobs: jobs.filter(({ prompt }) => prompt === order.prompt).map(({ status }) => status),
  };
}

async function readMonth({ clients, stack }: InProcessGateway) {
  const { Item } = await clients.dynamodb.send(
    new GetItemCommand({
      TableName: requireOutput(stack, 'AccountsTable'),
      // The clock begins on a fixed day; a hold belongs to the month of its acceptance.
      Key: monthKey(inProcessAccount, '2026-03'),
    }),
  );
  return monthSchema.parse(unmarshall(Item ?? {}));
}
