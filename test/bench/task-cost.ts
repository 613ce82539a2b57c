import * as z from 'zod';
import { secondsBetween } from '../../shared/clock.ts';
import { type InProcessGateway, startInProcessGateway } from '../support/in-process-gateway.ts';
import type { InProcessGatewayOptions } from '../support/in-process-servers.ts';
import { type DynamoDbMeter, startDynamoDbMeter } from './dynamodb-meter.ts';

/** In a fresh process: what tasks at the provider named by the first argument use; reports a `TaskCost`. */
export const jobSeconds = 180;
const videoBytes = 20_000_000;
const warmUps = 5;
const timedTasks = 10;
/** Jobs that take so long show the lag: one that ends exactly when it is looked at would show none. */
const lagJobSeconds = [171, 173, 175, 177, 179, 181, 183, 185, 187, 189] as const;

const invocationSchema = z.object({ name: z.string(), milliseconds: z.number() });

export const taskCostSchema = z.object({
  stateTransitions: z.number(),
  looks: z.number(),
  /** In the order in which they ended; each duration is the mean of several tasks. */
  invocations: z.array(invocationSchema),
  memoryMegabytes: z.record(z.string(), z.number()),
  writeUnits: z.number(),
  readUnits: z.number(),
  s3Requests: z.number(),
  /** From the end of the job at the provider to the moment we saw it. */
  lagSeconds: z.array(z.number()),
  /** How many tasks this process ran: they share its log. */
  tasks: z.number(),
});
export type TaskCost = z.infer<typeof taskCostSchema>;

export async function measureTaskCost(provider: string): Promise<TaskCost> {
  const timed = await withGateway({ jobSeconds, videoBytes }, (gateway) => timeTasks(gateway, provider));
  const meters: DynamoDbMeter[] = [];
  const metered: InProcessGatewayOptions = {
    jobSeconds,
    videoBytes,
    async frontDynamoDb(server, { tables }) {
      const meter = await startDynamoDbMeter(server, tables);
      meters.push(meter);
      return meter;
    },
  };
  const counted = await withGateway(metered, (gateway) => countTask(gateway, provider, meters));
  return { ...timed, ...counted, tasks: warmUps + timedTasks + lagJobSeconds.length + 1 };
}

async function withGateway<Value>(
  options: InProcessGatewayOptions,
  use: (gateway: InProcessGateway) => Promise<Value>,
): Promise<Value> {
  const gateway = await startInProcessGateway(options);
  try {
    return await use(gateway);
  } finally {
    await gateway.close();
  }
}

async function timeTasks(gateway: InProcessGateway, provider: string) {
  for (let task = 0; task < warmUps; task += 1) await complete(gateway, provider);
  const warmedUp = gateway.invocations.length;
  for (let task = 0; task < timedTasks; task += 1) await complete(gateway, provider);
  const all = gateway.invocations.slice(warmedUp);
  const each = all.length / timedTasks;
  const invocations = all.slice(0, each).map(({ name }, position) => {
    const alike = all.filter((_, index) => index % each === position);
    const milliseconds = alike.reduce((sum, one) => sum + one.milliseconds, 0) / alike.length;
    return { name, milliseconds };
  });
  return {
    invocations,
    memoryMegabytes: memoryOf(gateway),
    lagSeconds: await measureLags(gateway, provider),
  };
}

function memoryOf({ stack, invocations }: InProcessGateway): Record<string, number> {
  const names = new Set(invocations.map(({ name }) => name));
  const memories = [...names].map((name) => {
    const definition = stack.functions.find(({ logicalId }) => logicalId.startsWith(name));
    return [name, definition?.memoryMegabytes ?? Number.NaN] as const;
  });
  return Object.fromEntries(memories);
}

async function measureLags(gateway: InProcessGateway, provider: string): Promise<number[]> {
  const lags: number[] = [];
  for (const seconds of lagJobSeconds) {
    gateway.simulated.get(provider)?.setFaults([{ kind: 'slow', factor: seconds / jobSeconds }]);
    const { completedAt = '' } = await gateway.readTask(await complete(gateway, provider));
    const endsAt = gateway.simulated.get(provider)?.jobs().at(-1)?.endsAt ?? '';
    lags.push(secondsBetween(endsAt, completedAt));
  }
  return lags;
}

async function countTask(gateway: InProcessGateway, provider: string, [meter]: readonly DynamoDbMeter[]) {
  let s3Requests = 0;
  gateway.clients.s3.middlewareStack.add(
    (next) => (request) => {
      s3Requests += 1;
      return next(request);
    },
    // Behind the retries, so that each of them counts.
    { step: 'finalizeRequest', priority: 'low' },
  );
  const before = meter?.units() ?? { write: Number.NaN, read: Number.NaN };
  const id = await complete(gateway, provider);
  const after = meter?.units() ?? before;
  const { looks } = await gateway.readTask(id);
  return {
    stateTransitions: gateway.countTransitions(id),
    looks,
    writeUnits: after.write - before.write,
    readUnits: after.read - before.read,
    s3Requests,
  };
}

const videoSchema = z.object({ id: z.string() });

async function complete(gateway: InProcessGateway, provider: string): Promise<string> {
  const json = { prompt: 'A lighthouse at dusk, waves below [Push in]', provider };
  const { body } = await gateway.call({ method: 'POST', path: '/v1/videos', json });
  const { id } = videoSchema.parse(body);
  await gateway.runToEnd();
  const { state } = await gateway.readTask(id);
  if (state !== 'completed') throw new Error(`A task at ${provider} ended as ${state}`);
  return id;
}
