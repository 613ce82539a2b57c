import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type AwsJsonService, startAwsJsonServer } from './aws-json-server.ts';
import { startDynamoDbServer } from './dynamodb/dynamodb-server.ts';
import { rememberedPort } from './free-port.ts';
import { startHttpFront } from './http-front/http-front.ts';
import type { LocalFile } from './local-file.ts';
import type { LocalServer } from './local-server.ts';
import type { ObjectCreated } from './s3/s3-operation.ts';
import { startS3Server } from './s3-server.ts';
import type { LocalSettings } from './settings.ts';
import { simulatedDialects } from './simulated-providers/simulated-dialects.ts';
import { type SimulatedProvider, startSimulatedProvider } from './simulated-providers/simulated-provider.ts';
import { createVideoMaker } from './simulated-providers/video-maker.ts';
import type { FunctionOutcome } from './state-machine/run.ts';
import type { LocalStack } from './template/read-stack.ts';
import type { TimerClock } from './timer-clock.ts';

/** What the servers hand on to; it may still be starting when the first request comes. */
export interface ServerTargets {
  readonly services: Readonly<Record<string, AwsJsonService>>;
  invoke(functionArn: string, event: unknown): Promise<FunctionOutcome>;
  onObjectCreated(object: ObjectCreated): void;
}

interface ServerOptions {
  readonly settings: LocalSettings;
  readonly stack: LocalStack;
  readonly clock: TimerClock;
  /** Where the last gateway on this directory served: the same ports are taken again where they are free. */
  readonly remembered: LocalFile | undefined;
  readonly targets: ServerTargets;
  /** Takes over a server as soon as it runs, so that a failed start closes it. */
  keep<Server extends LocalServer>(server: Server): Server;
}

export interface LocalServers {
  readonly gateway: LocalServer;
  readonly dynamodb: LocalServer;
  readonly s3: LocalServer;
  /** Step Functions, the parameter store and EventBridge. */
  readonly awsJson: LocalServer;
  readonly simulated: ReadonlyMap<string, SimulatedProvider>;
}

/** The key of every simulated provider. */
export const simulatedApiKey = 'simulated';

/** Shared by all data directories: a film of a shape is drawn once a machine. */
const videoCache = fileURLToPath(new URL('../../node_modules/.cache/conch-videos', import.meta.url));

export async function startServers(options: ServerOptions): Promise<LocalServers> {
  const { settings, stack, clock, remembered, targets, keep } = options;
  const { dataDirectory } = settings;
  // First, because its lock on the directory keeps a second gateway out, and the system frees it at a kill.
  const dynamodb = keep(await startDatabase(options));
  const gateway = keep(
    await startHttpFront({
      routes: stack.routes,
      invoke: targets.invoke,
      port: settings.port === 0 ? await rememberedPort(remembered?.url) : settings.port,
      clock,
    }),
  );
  const s3 = keep(
    await startS3Server({
      dataDirectory: join(dataDirectory, 's3'),
      bucket: stack.bucket,
      port: await rememberedPort(remembered?.endpoints.s3),
      onObjectCreated: targets.onObjectCreated,
    }),
  );
  const awsJson = keep(
    await startAwsJsonServer({
      port: await rememberedPort(remembered?.endpoints.stepfunctions),
      services: targets.services,
    }),
  );
  return { gateway, dynamodb, s3, awsJson, simulated: await startSimulatedProviders(options) };
}

async function startDatabase({ settings, remembered }: ServerOptions): Promise<LocalServer> {
  const port = await rememberedPort(remembered?.endpoints.dynamodb);
  try {
    return await startDynamoDbServer({ dataDirectory: join(settings.dataDirectory, 'dynamodb'), port });
  } catch (error) {
    if (!isLocked(error)) throw error;
    const owner = remembered === undefined ? '' : ` (process ${remembered.pid} at ${remembered.url})`;
    throw new Error(`Another gateway${owner} uses ${settings.dataDirectory}; stop it or set CONCH_DATA_DIR`, {
      cause: error,
    });
  }
}

function isLocked(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return ('code' in error && error.code === 'LEVEL_LOCKED') || isLocked(error.cause);
}

async function startSimulatedProviders({ settings, clock, remembered, keep }: ServerOptions) {
  const started = new Map<string, SimulatedProvider>();
  const videos = createVideoMaker({ cacheDirectory: videoCache });
  for (const { name } of settings.providers.filter(({ isSimulated }) => isSimulated)) {
    const dialect = simulatedDialects.get(name);
    if (dialect === undefined) throw new Error(`${name} cannot be simulated; set its API key`);
    const provider = await startSimulatedProvider({
      dialect,
      dataDirectory: join(settings.dataDirectory, 'providers'),
      port: await rememberedPort(remembered?.providers[name]),
      clock,
      jobSeconds: settings.simulatedSeconds,
      videos,
      apiKey: simulatedApiKey,
    });
    started.set(name, keep(provider));
  }
  return started;
}
