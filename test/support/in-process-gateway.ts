import { synthesizeAssembly } from '../../infra/local/assembly.ts';
import type { SimulatedProvider } from '../../infra/local/simulated-providers/simulated-provider.ts';
import { createStateMachineEngine, type StateMachineEngine } from '../../infra/local/state-machine/engine.ts';
import type { FunctionOutcome } from '../../infra/local/state-machine/run.ts';
import { createStepFunctionsService } from '../../infra/local/state-machine/step-functions-service.ts';
import { readAssembly } from '../../infra/local/template/read-assembly.ts';
import { type LocalStack, readStack } from '../../infra/local/template/read-stack.ts';
import { updateItem } from '../../infra/local/update-item.ts';
import type { Task } from '../../shared/domain/task.ts';
import { executionName, stepInputSchema } from '../../shared/domain/workflow-state.ts';
import { fromVideoId } from '../../shared/ids.ts';
import { requireTask } from '../../shared/storage/task-store.ts';
import { type Activity, createActivity, trackFetch } from './activity.ts';
import { type ApiCall, type ApiResponse, anHttpEvent, lambdaContext, toResponse } from './http-events.ts';
import { startCallbackServer } from './in-process-callbacks.ts';
import { createFunctions, type InProcessFunctions } from './in-process-functions.ts';
import {
  type InProcessClients,
  type InProcessServerOptions,
  type InProcessServers,
  providerApiKey,
  startInProcessServers,
} from './in-process-servers.ts';
import { createManualClock, type ManualClock } from './manual-clock.ts';

export type InProcessGatewayOptions = Pick<
  InProcessServerOptions,
  'jobSeconds' | 'videoBytes' | 'frontDynamoDb'
>;

/** One run of a function. */
export interface Invocation {
  /** The beginning of the function's logical id, for example `CheckJob`. */
  readonly name: string;
  readonly milliseconds: number;
}

/** The account of every order. */
export const inProcessAccount = 'acme';

/**
 * The whole gateway in one process on a clock that jumps from timer to timer: the synthesized state machine,
 * the functions' own logic, embedded DynamoDB and S3, simulated providers and their callbacks.
 */
export interface InProcessGateway {
  readonly stack: LocalStack;
  readonly clock: ManualClock;
  readonly clients: InProcessClients;
  readonly simulated: ReadonlyMap<string, SimulatedProvider>;
  /** Every run of a function so far, requests and callbacks included, in order of their end. */
  readonly invocations: readonly Invocation[];
  /** Calls the API with the account's key. */
  call(call: ApiCall): Promise<ApiResponse>;
  /** Throws when there is no video of this id. */
  readTask(videoId: string): Promise<Task>;
  /** What AWS bills for the first run of a task. */
  countTransitions(videoId: string): number;
  /** Whenever nothing is under way, moves the clock to the next timer, until none is left. */
  runToEnd(): Promise<void>;
  close(): Promise<void>;
}

export async function startInProcessGateway(options: InProcessGatewayOptions): Promise<InProcessGateway> {
  const stack = readStack(readAssembly(await synthesizeAssembly()));
  const clock = createManualClock();
  const observer = createObserver(createActivity());
  const engine = Promise.withResolvers<StateMachineEngine>();
  const servers = await startInProcessServers({
    ...options,
    stack,
    clock,
    stepFunctions: async (operation, input) =>
      createStepFunctionsService(await engine.promise)(operation, input),
  });
  const ready = Promise.withResolvers<InProcessFunctions>();
  const callbacks = await startCallbackServer((...message) =>
    observer.run('Callback', async () => (await ready.promise).receiveCallback(...message)),
  );
  const functions = createFunctions({ stack, servers, clock, publicUrl: callbacks.url });
  ready.resolve(functions);
  const parts = { stack, clock, observer, servers, functions };
  const started = startEngine(parts);
  engine.resolve(started);
  const stopTracking = trackFetch(observer.activity);
  return {
    ...(await createControls(parts, started)),
    async close() {
      stopTracking();
      started.close();
      await callbacks.close();
      await servers.close();
    },
  };
}

interface Parts {
  readonly stack: LocalStack;
  readonly clock: ManualClock;
  readonly observer: Observer;
  readonly servers: InProcessServers;
  readonly functions: InProcessFunctions;
}

function startEngine({ stack, clock, observer, servers, functions }: Parts): StateMachineEngine {
  return createStateMachineEngine({
    clock,
    machines: [stack.stateMachine],
    integrations: {
      async invokeFunction(functionArn, payload) {
        const name = nameOf(functionArn, stack, functions);
        return toOutcome(() => observer.run(name, async () => invoke(functions, name, payload)));
      },
      updateItem: (parameters) => observer.activity.track(updateItem(servers.dynamodbUrl, parameters)),
    },
  });
}

function nameOf(
  functionArn: string,
  { functions: known }: LocalStack,
  { steps }: InProcessFunctions,
): string {
  const logicalId = known.find(({ arn }) => arn === functionArn)?.logicalId ?? '';
  const name = Object.keys(steps).find((step) => logicalId.startsWith(step));
  if (name === undefined) throw new Error(`The state machine calls ${functionArn}, which is no step here`);
  return name;
}

function invoke({ steps }: InProcessFunctions, name: string, payload: unknown): Promise<unknown> | undefined {
  return steps[name]?.(stepInputSchema.parse(payload));
}

async function toOutcome(work: () => Promise<unknown>): Promise<FunctionOutcome> {
  try {
    return { kind: 'returned', payload: await work() };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { kind: 'failed', errorType: error.name, errorMessage: error.message };
  }
}

async function createControls(
  { stack, clock, observer, servers, functions }: Parts,
  engine: StateMachineEngine,
): Promise<Omit<InProcessGateway, 'close'>> {
  const { accounts, credentials, tasks } = functions.context;
  for (const name of servers.simulated.keys()) await credentials.putApiKey(name, providerApiKey);
  await accounts.createAccount(inProcessAccount, clock.now());
  const { text: key } = await accounts.createKey(inProcessAccount, clock.now());
  return {
    stack,
    clock,
    clients: servers.clients,
    simulated: servers.simulated,
    invocations: observer.invocations,
    async call({ headers, ...call }) {
      const event = anHttpEvent({ ...call, headers: { authorization: `Bearer ${key}`, ...headers } });
      return toResponse(await observer.run('Api', () => functions.api(event, lambdaContext)));
    },
    readTask: (videoId) => requireTask(fromVideoId(videoId) ?? videoId, tasks),
    countTransitions(videoId) {
      const name = executionName({ taskId: fromVideoId(videoId) ?? videoId, run: 1 });
      const machineArn = stack.stateMachine.arn.replace(':stateMachine:', ':execution:');
      return engine.countTransitions(`${machineArn}:${name}`);
    },
    async runToEnd() {
      await observer.activity.untilQuiet();
      while (clock.advanceToNextTimer()) {
        // The other timers of the same moment too: their work shall meet, as it would in life.
        clock.advance(0);
        await observer.activity.untilQuiet();
      }
    },
  };
}

interface Observer {
  readonly activity: Activity;
  readonly invocations: readonly Invocation[];
  /** Runs a function: timed, and under way until it ends. */
  run<Value>(name: string, work: () => Promise<Value>): Promise<Value>;
}

function createObserver(activity: Activity): Observer {
  const invocations: Invocation[] = [];
  const timed = async <Value>(name: string, work: () => Promise<Value>) => {
    const startedAt = performance.now();
    try {
      return await work();
    } finally {
      invocations.push({ name, milliseconds: performance.now() - startedAt });
    }
  };
  return { activity, invocations, run: (name, work) => activity.track(timed(name, work)) };
}
