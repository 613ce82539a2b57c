import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SFNClient } from '@aws-sdk/client-sfn';
import { systemClock } from '../clock.ts';
import { createQueueStore } from '../storage/queue-store.ts';
import { createStandingStore } from '../storage/standing-store.ts';
import { createTaskStore } from '../storage/task-store.ts';
import type { LimitsContext } from './limits-context.ts';

interface LimitsResources {
  readonly client: DynamoDBClient;
  readonly tasksTableName: string;
}

/** What keeping the limits takes, for a function whose environment was read. */
export function createLimits({ client, tasksTableName }: LimitsResources): Omit<LimitsContext, 'providers'> {
  const table = { client, tableName: tasksTableName };
  return {
    tasks: createTaskStore(table),
    standings: createStandingStore(table),
    queue: createQueueStore(table),
    executions: new SFNClient(),
    clock: systemClock,
  };
}
