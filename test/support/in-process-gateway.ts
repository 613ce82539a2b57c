import { synthesizeAssembly } from '../../infra/local/assembly.ts';
import { requireOutput } from '../../infra/local/provision.ts';
import type { SimulatedProvider } from '../../infra/local/simulated-providers/simulated-provider.ts';
import type { StateMachineEngine } from '../../infra/local/state-machine/engine.ts';
import { createStepFunctionsService } from '../../infra/local/state-machine/step-functions-service.ts';
import { readAssembly } from '../../infra/local/template/read-assembly.ts';
import { type LocalStack, readStack } from '../../infra/local/template/read-stack.ts';
import { updateItem } from '../../infra/local/update-item.ts';
import { secondsAfter } from '../../shared/clock.ts';
import { isTerminal, type Task } from '../../shared/domain/task.ts';
import { executionName, type StepInput } from '../../shared/domain/workflow-state.ts';
import { fromVideoId } from '../../shared/ids.ts';
import { requireTask } from '../../shared/storage/task-store.ts';
import { createActivity, trackFetch } from './activity.ts';
import {
  type ApiCall,
  type ApiResponse,
  anHttpEvent,
  lambdaContext,
  toContractedResponse,
} from './http-events.ts';
import { startCallbackServer } from './in-process-callbacks.ts';
import { createFunctions, type InProcessFunctions, pauseBy } from './in-process-functions.ts';
import {
  type InProcessClients,
  type InProcessGatewayOptions,
  type InProcessServers,
  providerApiKey,
  startInProcessServers,
} from './in-process-servers.ts';
import { startInProcessWorkflow } from './in-process-workflow.ts';
import { createInvocationLog, type Invocation, type InvocationLog } from './invocation-log.ts';
import { createManualClock, type ManualClock } from './manual-clock.ts';

/** As the schedule of the stack. */
const sweepSeconds = 60;

/** What is under way is due again so soon. */
const dueWithinSeconds = 7 * 86_400;

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
  /** One event of a file that lies in the inbox. */
  takeInFile(key: string): Promise<void>;
  /** Throws when there is no video of this id. */
  readTask(videoId: string): Promise<Task>;
  /** Lets the sweeper run every minute for as long as a task has not ended. */
  sweepUntilDone(): void;
  /** Stops the first execution of a task, as an operator may; `isReported` tells the sweeper, as an event rule does. */
  kill(videoId: string, isReported: boolean): Promise<void>;
  /** What AWS bills for the first run of a task. */
  countTransitions(videoId: string): number;
  /** Whenever nothing is under way, moves the clock to the next timer, until none is left. */
  runToEnd(): Promise<void>;
  /** The same for so long on its clock. */
  runFor(seconds: number): Promise<void>;
  close(): Promise<void>;
}

export async function startInProcessGateway(options: InProcessGatewayOptions): Promise<InProcessGateway> {
  const stack = readStack(readAssembly(await synthesizeAssembly()));
  const clock = createManualClock();
  const log = createInvocationLog(createActivity());
  const engine = Promise.withResolvers<StateMachineEngine>();
  const functions = Promise.withResolvers<InProcessFunctions>();
  const callbacks = await startCallbackServer((...message) =>
    log.run('Callback', async () => (await functions.promise).receiveCallback(...message)),
  );
  const servers = await startInProcessServers({
    ...options,
    stack,
    clock,
    publicUrl: callbacks.url,
    stepFunctions: async (operation, input) =>
      createStepFunctionsService(await engine.promise)(operation, input),
  });
  functions.resolve(
    createFunctions({
      stack,
      servers,
      clock,
      pause: pauseBy(clock, log.activity),
      publicUrl: callbacks.url,
      ...(options.trustedOrigins && { trustedOrigins: options.trustedOrigins }),
    }),
  );
  const callUpdateItem = (parameters: unknown) => updateItem(servers.dynamodbUrl, parameters);
  const { steps } = await functions.promise;
  engine.resolve(startInProcessWorkflow({ stack, clock, log, steps, updateItem: callUpdateItem }));
  const parts = { stack, clock, log, servers, functions: await functions.promise };
  const stopTracking = trackFetch(log.activity);
  return {
    ...(await createControls(parts, await engine.promise)),
    async close() {
      stopTracking();
      (await engine.promise).close();
      await callbacks.close();
      await servers.close();
    },
  };
}

interface Parts {
  readonly stack: LocalStack;
  readonly clock: ManualClock;
  readonly log: InvocationLog;
  readonly servers: InProcessServers;
  readonly functions: InProcessFunctions;
}

async function createControls(
  parts: Parts,
  engine: StateMachineEngine,
): Promise<Omit<InProcessGateway, 'close'>> {
  const { stack, clock, log, servers, functions } = parts;
  const key = await provision(parts);
  return {
    stack,
    clock,
    clients: servers.clients,
    simulated: servers.simulated,
    invocations: log.invocations,
    async call({ headers, ...call }) {
      const event = anHttpEvent({ ...call, headers: { authorization: `Bearer ${key}`, ...headers } });
      return toContractedResponse(event, await log.run('Api', () => functions.api(event, lambdaContext)));
    },
    async takeInFile(key) {
      await log.run('Intake', () => functions.takeInFile(key));
    },
    readTask: (videoId) => requireTask(toTaskId(videoId), functions.context.tasks),
    countTransitions(videoId) {
      return engine.countTransitions(executionArnOf(stack, { taskId: toTaskId(videoId), run: 1 }));
    },
    sweepUntilDone: () => sweepUntilDone(parts),
    async kill(videoId, isReported) {
      const input = { taskId: toTaskId(videoId), run: 1 };
      engine.stopExecution({ executionArn: executionArnOf(stack, input) });
      if (isReported) await log.run('Sweeper', () => functions.repairAfter(input));
    },
    runToEnd: () => runUntil(() => false, parts),
    runFor(seconds) {
      let isOver = false;
      const end = new Date(secondsAfter(clock.now(), seconds));
      clock.schedule(end, () => (isOver = true));
      return runUntil(() => isOver, parts);
    },
  };
}

async function provision({ clock, servers, functions }: Parts): Promise<string> {
  const { accounts, credentials } = functions.context;
  for (const name of servers.simulated.keys()) await credentials.putApiKey(name, providerApiKey);
  await accounts.createAccount(inProcessAccount, clock.now());
  return (await accounts.createKey(inProcessAccount, clock.now())).text;
}

function sweepUntilDone(parts: Parts): void {
  const { clock, log, functions } = parts;
  const run = async () => {
    await functions.sweep();
    if (await isAnyUnderWay(parts)) sweepUntilDone(parts);
  };
  clock.schedule(new Date(secondsAfter(clock.now(), sweepSeconds)), () => void log.run('Sweeper', run));
}

/** Whether a task has more left to do than to have its files removed one day. */
async function isAnyUnderWay({ clock, functions }: Parts): Promise<boolean> {
  const { tasks } = functions.context;
  for await (const batch of tasks.walkDueTasks(secondsAfter(clock.now(), dueWithinSeconds), 100))
    if (batch.some(({ state, followUps }) => !isTerminal(state) || followUps.length > 0)) return true;
  return false;
}

function executionArnOf(stack: LocalStack, input: StepInput): string {
  return `${requireOutput(stack, 'StateMachineArn').replace(':stateMachine:', ':execution:')}:${executionName(input)}`;
}

function toTaskId(videoId: string): string {
  const taskId = fromVideoId(videoId);
  if (taskId === undefined) throw new Error(`${videoId} is not the id of a video`);
  return taskId;
}

async function runUntil(isOver: () => boolean, { clock, log }: Parts): Promise<void> {
  await log.activity.untilQuiet();
  while (!isOver() && clock.advanceToNextTimer()) {
    // The other timers of the same moment too: their work shall meet, as it would in life.
    clock.advance(0);
    await log.activity.untilQuiet();
  }
}
