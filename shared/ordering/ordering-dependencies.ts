import { SFNClient } from '@aws-sdk/client-sfn';
import { systemClock } from '../clock.ts';
import * as config from '../config.ts';
import { createSafeFetch } from '../media/safe-fetch.ts';
import type { Provider } from '../providers/provider.ts';
import { loadProviders } from '../providers/registry.ts';
import { createDynamoDbClient } from '../storage/dynamodb-client.ts';
import { createFingerprintStore } from '../storage/fingerprint-store.ts';
import { createMediaStore, createS3Client } from '../storage/media-store.ts';
import { withRecentStandings } from '../storage/recent-standings.ts';
import { createStandingStore } from '../storage/standing-store.ts';
import { createTaskStore } from '../storage/task-store.ts';
import { startExecution } from '../storage/workflow-starter.ts';
import type { OrderingDependencies } from './place-order.ts';

interface CreatedDependencies extends OrderingDependencies {
  /** The client that starts executions; it may also wake them where that is allowed. */
  readonly executions: SFNClient;
  /** Those whose offers are sold. */
  readonly providers: ReadonlyMap<string, Provider>;
}

/** All that placing an order takes, read from the environment once per cold start. */
export function createOrderingDependencies(): CreatedDependencies {
  const settings = config.readConfig({
    ...config.tasksConfig,
    ...config.accountsConfig,
    ...config.mediaConfig,
    ...config.workflowConfig,
    ...config.trustedOriginsConfig,
    ...config.providersConfig,
  });
  const client = createDynamoDbClient();
  const executions = new SFNClient();
  const providers = loadProviders(config.environment(), settings.CONCH_PROVIDERS);
  return {
    offers: [...providers.values()].flatMap(({ offers }) => offers),
    tasks: createTaskStore({ client, tableName: settings.TASKS_TABLE_NAME }),
    fingerprints: createFingerprintStore({ client, tableName: settings.TASKS_TABLE_NAME }),
    standings: withRecentStandings(
      createStandingStore({ client, tableName: settings.TASKS_TABLE_NAME }),
      systemClock,
    ),
    ledger: {
      client,
      tasksTableName: settings.TASKS_TABLE_NAME,
      accountsTableName: settings.ACCOUNTS_TABLE_NAME,
    },
    media: createMediaStore({ client: createS3Client(), bucket: settings.MEDIA_BUCKET_NAME }),
    safeFetch: createSafeFetch({ trustedOrigins: settings.CONCH_TRUSTED_ORIGINS }),
    trustedOrigins: settings.CONCH_TRUSTED_ORIGINS,
    clock: systemClock,
    executions,
    providers,
    startExecution: (input) => startExecution(executions, settings.STATE_MACHINE_ARN, input),
  };
}
