import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { startDynamoDbServer } from '../../../../infra/local/dynamodb/dynamodb-server.ts';

export const tableName = 'tasks';
export const indexName = 'byAccount';

export interface RunningDynamoDb {
  readonly client: DynamoDBClient;
  close(): Promise<void>;
}

/** The server and a real client; in memory unless a directory is given. */
export async function openDynamoDb(dataDirectory?: string): Promise<RunningDynamoDb> {
  const server = await startDynamoDbServer(dataDirectory === undefined ? {} : { dataDirectory });
  const client = new DynamoDBClient({ endpoint: server.url, maxAttempts: 1 });
  return {
    client,
    async close() {
      client.destroy();
      await server.close();
    },
  };
}

/** A table by `pk` with an index by `account`. */
export async function createTable(client: DynamoDBClient): Promise<void> {
  await client.send(
    new CreateTableCommand({
      TableName: tableName,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'account', AttributeType: 'S' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: indexName,
          KeySchema: [{ AttributeName: 'account', KeyType: 'HASH' }],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
    }),
  );
}

export function newDirectory(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'conch-dynamodb-'));
}
