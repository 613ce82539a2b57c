import type { CallbackReceipt } from '../../../functions/callback/receive-callback.ts';
import { createTables } from '../../../infra/local/create-tables.ts';
import { createParameterStore } from '../../../infra/local/parameter-store.ts';
import type { LocalStack } from '../../../infra/local/template/read-stack.ts';
import type { Environment } from '../../../shared/config.ts';
import { type Activity, createActivity } from '../activity.ts';
import { tapClients, tapPost, tapUpstream } from '../fault-kit/tap-clients.ts';
import { createWorkers, type Judge, type Workers } from '../fault-kit/workers.ts';
import {
  type ApiCall,
  type ApiResponse,
  anHttpEvent,
  lambdaContext,
  toContractedResponse,
} from '../http-events.ts';
import { createFunctions, type InProcessFunctions } from '../in-process-functions.ts';
import { type InProcessClients, providerApiKey } from '../in-process-servers.ts';
import type { ManualClock } from '../manual-clock.ts';
import { type CallbackDelivery, catchCallbacks } from './memory-callbacks.ts';
import { createMemoryClients } from './memory-clients.ts';
import { memoryProviderUrl } from './memory-providers.ts';
import { type MemoryWorld, openMemoryWorld, type WorldOptions } from './memory-world.ts';
import { createResettableClock } from './resettable-clock.ts';

export interface MemoryGatewayOptions extends WorldOptions {
  /** Settings of the providers. */
  readonly variables?: Environment;
  /** Of every worker. */
  readonly judge?: Judge;
  /** Does with a step that the state machine calls what it likes; absent runs it. */
  readonly onStep?: (name: string, run: RunStep) => Promise<unknown>;
  /** The same with a callback that a provider sends. */
  readonly onCallback?: (delivery: CallbackDelivery) => Promise<CallbackReceipt>;
}

/** Runs a step as a worker, with a judge of its own where one is given. */
type RunStep = (judge?: Judge) => Promise<unknown>;

/**
 * The whole gateway without a socket, on a clock that jumps: the synthesized state machine, the functions' own logic
 * on the real SDK, embedded services and simulated providers; each run of a function is a worker that may die.
 */
export interface MemoryGateway {
  readonly stack: LocalStack;
  readonly clock: ManualClock;
  readonly workers: Workers;
  readonly activity: Activity;
  readonly clients: InProcessClients;
  readonly context: InProcessFunctions['context'];
  /** The one of now: a reset makes another. */
  world(): MemoryWorld;
  /** Each of these is a worker, with a judge of its own where one is given. */
  call(call: ApiCall, judge?: Judge): Promise<ApiResponse>;
  takeInFile(key: string, judge?: Judge): Promise<unknown>;
  sweep(judge?: Judge): Promise<unknown>;
  receive(delivery: CallbackDelivery, judge?: Judge): Promise<CallbackReceipt>;
  /** Empty tables and an empty bucket, no executions, no jobs, and the clock at its beginning. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

/** Providers that are not of this machine would not be asked to call it back. */
const publicUrl = 'https://conch.memory';

export async function openMemoryGateway(options: MemoryGatewayOptions): Promise<MemoryGateway> {
  const { stack } = options.surroundings;
  const stage = await setStage(options);
  const { functions, workers, clock, activity, clients } = stage;
  const receive = ({ path, message }: CallbackDelivery, judge?: Judge) => {
    const work = () => functions.receiveCallback(path, message);
    const { promise, resolve, reject } = Promise.withResolvers<CallbackReceipt>();
    // An order may be waiting for its provider, and the clock for the order.
    const onHanging = () => reject(new Error('The provider waits no longer for an answer'));
    workers.run({ name: 'Callback', work, judge, onHanging }).then(resolve, reject);
    return promise;
  };
  const releaseFetch = catchCallbacks(
    publicUrl,
    activity,
    options.onCallback ?? ((delivery) => receive(delivery)),
  );
  return {
    stack,
    clock,
    workers,
    activity,
    clients,
    context: functions.context,
    world: stage.world,
    async call(call, judge) {
      const event = anHttpEvent(call);
      const work = () => functions.api(event, lambdaContext);
      return toContractedResponse(event, await workers.run({ name: 'Api', work, judge }));
    },
    takeInFile: (key, judge) => workers.run({ name: 'Intake', work: () => functions.takeInFile(key), judge }),
    sweep: (judge) => workers.run({ name: 'Sweeper', work: functions.sweep, judge }),
    receive,
    reset: stage.reset,
    async close() {
      releaseFetch();
      await stage.world().close();
    },
  };
}

/** What stays, around a world that does not. */
async function setStage(options: MemoryGatewayOptions) {
  const { surroundings, onStep = (_, run) => run() } = options;
  const { stack } = surroundings;
  const [clock, activity] = [createResettableClock(), createActivity()];
  const { judge } = options;
  const workers = createWorkers({ clock, activity, judge, timeoutSeconds: timeoutsOf(stack) });
  let world: MemoryWorld | undefined;
  const requireWorld = () => {
    if (world === undefined) throw new Error('There is no world yet');
    return world;
  };
  const clients = createMemoryClients({
    dynamodb: (...call) => requireWorld().dynamodb(...call),
    stepFunctions: (...call) => requireWorld().stepFunctions(...call),
    parameters: createParameterStore(),
    s3: { request: (request) => requireWorld().s3.request(request) },
  });
  tapClients(clients, workers);
  const functions = await createStagedFunctions(options, { clock, workers, clients, requireWorld });
  const run = (name: string, work: () => Promise<unknown>) =>
    onStep(name, (judge) => workers.run({ name, work, judge }));
  const log = { activity, run };
  const reset = async () => {
    for (const worker of workers.alive()) worker.die();
    await world?.close();
    clock.reset();
    world = await openMemoryWorld({ ...options, clock, log, steps: functions.steps });
    await createTables(clients.dynamodb, stack.tables);
  };
  await reset();
  return { functions, workers, clock, activity, clients, world: requireWorld, reset };
}

interface Stage {
  readonly clock: ManualClock;
  readonly workers: Workers;
  readonly clients: InProcessClients;
  readonly requireWorld: () => MemoryWorld;
}

async function createStagedFunctions(options: MemoryGatewayOptions, stage: Stage) {
  const { surroundings, providerNames, variables } = options;
  const { clock, workers, clients, requireWorld } = stage;
  const functions = createFunctions({
    stack: surroundings.stack,
    servers: {
      clients,
      simulated: new Map(providerNames.map((name) => [name, { url: memoryProviderUrl(name) }])),
    },
    clock,
    pause: workers.pause,
    publicUrl,
    upstream: {
      http: tapUpstream((request) => requireWorld().upstream.http(request), workers),
      safeFetch: (...given) => requireWorld().upstream.safeFetch(...given),
      post: tapPost((...given) => requireWorld().receiver.post(...given), workers),
    },
    providerNames,
    ...(variables !== undefined && { variables }),
  });
  for (const name of providerNames) await functions.context.credentials.putApiKey(name, providerApiKey);
  return functions;
}

function timeoutsOf({ functions }: LocalStack): (name: string) => number {
  return (name) => {
    const found = functions.find(({ logicalId }) => logicalId.startsWith(name));
    if (found === undefined) throw new Error(`The template has no function ${name}`);
    return found.timeoutSeconds;
  };
}
