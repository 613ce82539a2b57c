import { mkdir } from 'node:fs/promises';
import { synthesizeAssembly } from './assembly.ts';
import { objectCreatedEvent } from './aws-events.ts';
import { type LocalUrls, localCredentials, toFunctionOverrides } from './function-overrides.ts';
import { type LocalFile, readLocalFile, writeLocalFile } from './local-file.ts';
import type { LocalServer } from './local-server.ts';
import { createParameterStore } from './parameter-store.ts';
import { localAccountName, provision, requireOutput } from './provision.ts';
import type { LocalSettings } from './settings.ts';
import type { SimulatedProvider } from './simulated-providers/simulated-provider.ts';
import { type LocalServers, type ServerTargets, startServers } from './start-servers.ts';
import { type RunningWorkflow, startWorkflow } from './start-workflow.ts';
import { createStepFunctionsService } from './state-machine/step-functions-service.ts';
import { readAssembly } from './template/read-assembly.ts';
import { type LocalStack, readStack } from './template/read-stack.ts';
import { localRegion } from './template/resource-identities.ts';
import { systemTimerClock, type TimerClock } from './timer-clock.ts';

export interface RunningGateway extends LocalServer {
  /** What stands in `local.json`. */
  readonly local: LocalFile;
  /** By name; for tests that look at jobs or order faults. */
  readonly simulated: ReadonlyMap<string, SimulatedProvider>;
}

/**
 * Runs what `cdk synth` writes on embedded servers. Rejects when the port is taken, or when another gateway
 * uses the data directory; nothing is left running then.
 */
export async function startGateway(
  settings: LocalSettings,
  clock: TimerClock = systemTimerClock,
): Promise<RunningGateway> {
  const kept: Pick<LocalServer, 'close'>[] = [];
  const close = async () => {
    for (const part of kept.splice(0).reverse()) await part.close();
  };
  const keep = <Part extends Pick<LocalServer, 'close'>>(part: Part): Part => {
    kept.push(part);
    return part;
  };
  try {
    return { ...(await start({ settings, clock, keep })), close };
  } catch (error) {
    await close();
    throw error;
  }
}

interface StartOptions {
  readonly settings: LocalSettings;
  readonly clock: TimerClock;
  keep<Part extends Pick<LocalServer, 'close'>>(part: Part): Part;
}

async function start({ settings, clock, keep }: StartOptions): Promise<Omit<RunningGateway, 'close'>> {
  const { dataDirectory, assemblyDirectory = await synthesizeAssembly() } = settings;
  const stack = readStack(readAssembly(assemblyDirectory));
  await mkdir(dataDirectory, { recursive: true });
  const remembered = await readLocalFile(dataDirectory);
  const started = Promise.withResolvers<RunningWorkflow>();
  const targets = toTargets(started.promise);
  const servers = await startServers({ settings, stack, clock, remembered, targets, keep });
  const apiKey = await provision({ settings, stack, servers, rememberedKey: remembered?.apiKey, clock });
  const overrides = toFunctionOverrides(settings, toUrls(servers));
  const dynamodbUrl = servers.dynamodb.url;
  started.resolve(keep(startWorkflow({ stack, dataDirectory, overrides, dynamodbUrl, clock })));
  const local = toLocalFile(stack, servers, apiKey);
  await writeLocalFile(dataDirectory, local);
  return { url: local.url, local, simulated: servers.simulated };
}

/** The servers take requests before the functions run: those wait. */
function toTargets(started: Promise<RunningWorkflow>): ServerTargets {
  return {
    invoke: async (functionArn, event) => (await started).runtime.invoke(functionArn, event),
    onObjectCreated: (object) => void started.then(({ bus }) => bus.put(objectCreatedEvent(object))),
    services: {
      AmazonSSM: createParameterStore({}),
      AWSEvents: async (operation, input) => (await started).bus.service(operation, input),
      AWSStepFunctions: async (operation, input) =>
        createStepFunctionsService((await started).engine)(operation, input),
    },
  };
}

function toUrls({ gateway, s3, dynamodb, awsJson, simulated }: LocalServers): LocalUrls {
  const simulatedUrls = [...simulated].map(([name, { url }]) => [name, url]);
  return {
    gateway: gateway.url,
    s3: s3.url,
    dynamodb: dynamodb.url,
    awsJson: awsJson.url,
    simulated: Object.fromEntries(simulatedUrls),
  };
}

function toLocalFile(stack: LocalStack, servers: LocalServers, apiKey: string): LocalFile {
  const urls = toUrls(servers);
  return {
    url: urls.gateway,
    apiKey,
    account: localAccountName,
    region: localRegion,
    credentials: localCredentials,
    bucket: stack.bucket,
    tables: { tasks: requireOutput(stack, 'TasksTable'), accounts: requireOutput(stack, 'AccountsTable') },
    stateMachineArn: requireOutput(stack, 'StateMachineArn'),
    credentialsPath: requireOutput(stack, 'CredentialsPath'),
    endpoints: {
      s3: urls.s3,
      dynamodb: urls.dynamodb,
      stepfunctions: urls.awsJson,
      events: urls.awsJson,
      ssm: urls.awsJson,
    },
    providers: urls.simulated,
    pid: process.pid,
  };
}
