import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SFNClient } from '@aws-sdk/client-sfn';
import type { Clock } from '../clock.ts';
import { createQueueStore } from '../storage/queue-store.ts';
import { createStandingStore } from '../storage/standing-store.ts';
import { createTaskStore } from '../storage/task-store.ts';
import type { LimitsContext } from './limits-context.ts';

interface LimitsResources {
  readonly client: DynamoDBClient;
  readonly tasksTableName: string;
  readonly executions: SFNClient;
  readonly clock: Clock;
}

/** What keeping the limits takes, besides the limits themselves. */
export function createLimits({
  client,
  tasksTableName,
  ...others
}: LimitsResources): Omit<LimitsContext, 'providers'> {
  const table = { client, tableName: tasksTableName };
  return {
    tasks: createTaskStore(table),
    standings: createStandingStore(table),
    queue: createQueueStore(table),
    ...others,
  };
}
