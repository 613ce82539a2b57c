import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SSMClient } from '@aws-sdk/client-ssm';
import { type AwsJsonService, startAwsJsonServer } from '../../infra/local/aws-json-server.ts';
import { createTables } from '../../infra/local/create-tables.ts';
import { startDynamoDbServer } from '../../infra/local/dynamodb/dynamodb-server.ts';
import { localCredentials } from '../../infra/local/function-overrides.ts';
import type { LocalServer } from '../../infra/local/local-server.ts';
import { createParameterStore } from '../../infra/local/parameter-store.ts';
import { startS3Server } from '../../infra/local/s3-server.ts';
import { simulatedDialects } from '../../infra/local/simulated-providers/simulated-dialects.ts';
import {
  type SimulatedProvider,
  startSimulatedProvider,
} from '../../infra/local/simulated-providers/simulated-provider.ts';
import type { LocalStack } from '../../infra/local/template/read-stack.ts';
import { localRegion } from '../../infra/local/template/resource-identities.ts';
import type { TimerClock } from '../../infra/local/timer-clock.ts';
import { createFilm } from '../shared/media/films.ts';

export interface InProcessGatewayOptions {
  /** How long a job of a simulated provider takes. */
  readonly jobSeconds: number;
  /** Size of every video; noise in a true frame. */
  readonly videoBytes: number;
  /** May be private and plain http: where webhooks are received. */
  readonly trustedOrigins?: readonly string[];
  /** Serves DynamoDB to the functions in place of the embedded server, to watch or to disturb it. */
  readonly frontDynamoDb?: (server: LocalServer, stack: LocalStack) => Promise<LocalServer>;
  /** Puts the job logs of an earlier run where the simulated providers read them; their callbacks go to `publicUrl`. */
  readonly placeJobs?: (directory: string, publicUrl: string) => Promise<void>;
}

interface InProcessServerOptions extends InProcessGatewayOptions {
  readonly stack: LocalStack;
  readonly clock: TimerClock;
  readonly publicUrl: string;
  readonly stepFunctions: AwsJsonService;
}

/** The only key that the simulated providers let in. */
export const providerApiKey = 'in-process';

export type InProcessServers = Awaited<ReturnType<typeof startInProcessServers>>;

/** The embedded servers, with the stack's empty tables and clients of what the functions use. */
export async function startInProcessServers(options: InProcessServerOptions) {
  const { stack, stepFunctions, frontDynamoDb } = options;
  const directory = await mkdtemp(join(tmpdir(), 'conch-in-process-'));
  const tables = await startDynamoDbServer({});
  await createTables(new DynamoDBClient(toClientOptions(tables.url)), stack.tables);
  const dynamodb = (await frontDynamoDb?.(tables, stack)) ?? tables;
  const s3 = await startS3Server({
    dataDirectory: join(directory, 's3'),
    bucket: stack.bucket,
    onObjectCreated: () => undefined,
  });
  const services = { AmazonSSM: createParameterStore({}), AWSStepFunctions: stepFunctions };
  const awsJson = await startAwsJsonServer({ services });
  const simulated = await startSimulatedProviders(options, directory);
  const clients = createClients({ dynamodb: dynamodb.url, s3: s3.url, awsJson: awsJson.url });
  return {
    dynamodbUrl: dynamodb.url,
    simulated,
    clients,
    async close() {
      for (const client of Object.values(clients)) client.destroy();
      const servers = new Set<LocalServer>([...simulated.values(), awsJson, s3, dynamodb, tables]);
      for (const server of servers) await server.close();
      await rm(directory, { recursive: true });
    },
  };
}

interface Urls {
  readonly dynamodb: string;
  readonly s3: string;
  readonly awsJson: string;
}

function createClients({ dynamodb, s3, awsJson }: Urls) {
  return {
    dynamodb: new DynamoDBClient(toClientOptions(dynamodb)),
    s3: new S3Client({
      ...toClientOptions(s3),
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
    }),
    sfn: new SFNClient(toClientOptions(awsJson)),
    ssm: new SSMClient(toClientOptions(awsJson)),
  };
}
export type InProcessClients = ReturnType<typeof createClients>;

function toClientOptions(endpoint: string) {
  return { endpoint, region: localRegion, credentials: { ...localCredentials } };
}

async function startSimulatedProviders(
  { clock, jobSeconds, videoBytes, publicUrl, placeJobs }: InProcessServerOptions,
  directory: string,
): Promise<ReadonlyMap<string, SimulatedProvider>> {
  const dataDirectory = join(directory, 'providers');
  await placeJobs?.(dataDirectory, publicUrl);
  const film = join(directory, 'film.mp4');
  await writeFile(film, createFilm({ filmBytes: videoBytes }));
  const started = new Map<string, SimulatedProvider>();
  for (const [name, dialect] of simulatedDialects) {
    const videos = { make: async () => film };
    const options = { dialect, dataDirectory, clock, jobSeconds, videos, apiKey: providerApiKey };
    started.set(name, await startSimulatedProvider(options));
  }
  return started;
}
