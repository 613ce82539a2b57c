import { rm } from 'node:fs/promises';
import type { AwsJsonService } from '../../../infra/local/aws-json-server.ts';
import { openDynamoDb } from '../../../infra/local/dynamodb/dynamodb-server.ts';
import { createS3Listener } from '../../../infra/local/s3-server.ts';
import type { StateMachineEngine } from '../../../infra/local/state-machine/engine.ts';
import { createStepFunctionsService } from '../../../infra/local/state-machine/step-functions-service.ts';
import type { InProcessFunctions } from '../in-process-functions.ts';
import { providerApiKey } from '../in-process-servers.ts';
import { startInProcessWorkflow, type WorkflowLog } from '../in-process-workflow.ts';
import type { ManualClock } from '../manual-clock.ts';
import { type MemoryProvider, openMemoryProviders } from './memory-providers.ts';
import { createMemoryReceiver, type MemoryReceiver } from './memory-receiver.ts';
import { createMemoryServer, type MemoryServer } from './memory-server.ts';
import type { MemorySurroundings } from './memory-surroundings.ts';

/** All that remembers anything of the orders. */
export interface MemoryWorld {
  readonly dynamodb: AwsJsonService;
  /** How often something was written to a table, or tried to be. */
  writes(): number;
  readonly stepFunctions: AwsJsonService;
  readonly s3: MemoryServer;
  readonly engine: StateMachineEngine;
  readonly providers: ReadonlyMap<string, MemoryProvider>;
  readonly receiver: MemoryReceiver;
  readonly upstream: ReturnType<typeof openMemoryProviders>['upstream'];
  close(): Promise<void>;
}

export interface WorldOptions {
  readonly surroundings: MemorySurroundings;
  readonly providerNames: readonly string[];
  /** How long a job of a simulated provider takes. */
  readonly jobSeconds: number;
}

interface WorldParts extends WorldOptions {
  readonly clock: ManualClock;
  readonly log: WorkflowLog;
  readonly steps: InProcessFunctions['steps'];
}

const reads = /^(Get|BatchGet|Query|Scan)/;

/** A world without tables. */
export async function openMemoryWorld(parts: WorldParts): Promise<MemoryWorld> {
  const { surroundings, providerNames, jobSeconds, clock, log, steps } = parts;
  const { stack, film } = surroundings;
  const tables = await openDynamoDb();
  let writes = 0;
  const dynamodb: AwsJsonService = (operation, input) => {
    if (!reads.test(operation)) writes += 1;
    return tables.service(operation, input);
  };
  const updateItem = (parameters: unknown) => dynamodb('UpdateItem', parameters);
  const engine = startInProcessWorkflow({ stack, clock, log, steps, updateItem });
  const directory = surroundings.newDirectory();
  const { providers, upstream } = openMemoryProviders(providerNames, {
    dataDirectory: directory,
    clock,
    jobSeconds,
    videos: { make: async () => film },
    apiKey: providerApiKey,
  });
  return {
    dynamodb,
    writes: () => writes,
    stepFunctions: createStepFunctionsService(engine),
    s3: createMemoryServer(
      await createS3Listener({
        dataDirectory: directory,
        bucket: stack.bucket,
        onObjectCreated: () => undefined,
      }),
    ),
    engine,
    providers,
    receiver: createMemoryReceiver(),
    upstream,
    async close() {
      engine.close();
      for (const provider of providers.values()) provider.stop();
      await tables.close();
      await rm(directory, { recursive: true });
    },
  };
}
