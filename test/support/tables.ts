import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { startDynamoDbServer } from '../../infra/local/dynamodb/dynamodb-server.ts';
import { createAccountStore } from '../../shared/storage/account-store.ts';
import { createFingerprintStore } from '../../shared/storage/fingerprint-store.ts';
import { createQueueStore } from '../../shared/storage/queue-store.ts';
import { createRequestCounter } from '../../shared/storage/request-counter.ts';
import { createStandingStore } from '../../shared/storage/standing-store.ts';
import { createTaskStore } from '../../shared/storage/task-store.ts';

const attribute = (name: string) => ({ AttributeName: name, AttributeType: 'S' as const });
const keys = (hash: string, range: string) => [
  { AttributeName: hash, KeyType: 'HASH' as const },
  { AttributeName: range, KeyType: 'RANGE' as const },
];
const index = (name: string, hash: string, range: string) => ({
  IndexName: name,
  KeySchema: keys(hash, range),
  Projection: { ProjectionType: 'KEYS_ONLY' as const },
});

/** The two tables of the stack on an embedded server, in memory, with the stores on top. */
export async function startTables() {
  const server = await startDynamoDbServer({});
  const client = new DynamoDBClient({ endpoint: server.url });
  await client.send(
    new CreateTableCommand({
      TableName: 'tasks',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['pk', 'sk', 'account', 'createdAt', 'dueShard', 'nextDueAt'].map(attribute),
      KeySchema: keys('pk', 'sk'),
      GlobalSecondaryIndexes: [
        index('byAccount', 'account', 'createdAt'),
        index('due', 'dueShard', 'nextDueAt'),
      ],
    }),
  );
  await client.send(
    new CreateTableCommand({
      TableName: 'accounts',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['pk', 'sk'].map(attribute),
      KeySchema: keys('pk', 'sk'),
    }),
  );
  return {
    url: server.url,
    client,
    ledger: { client, tasksTableName: 'tasks', accountsTableName: 'accounts' },
    tasks: createTaskStore({ client, tableName: 'tasks' }),
    fingerprints: createFingerprintStore({ client, tableName: 'tasks' }),
    standings: createStandingStore({ client, tableName: 'tasks' }),
    queue: createQueueStore({ client, tableName: 'tasks' }),
    requests: createRequestCounter({ client, tableName: 'tasks' }),
    accounts: createAccountStore({ client, tableName: 'accounts' }),
    async close() {
      client.destroy();
      await server.close();
    },
  };
}
export type Tables = Awaited<ReturnType<typeof startTables>>;
