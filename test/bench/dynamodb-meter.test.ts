import {
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createTables } from '../../infra/local/create-tables.ts';
import { startDynamoDbServer } from '../../infra/local/dynamodb/dynamodb-server.ts';
import type { TableDefinition } from '../../infra/local/template/read-tables.ts';
import { type DynamoDbMeter, startDynamoDbMeter } from './dynamodb-meter.ts';

const table: TableDefinition = {
  TableName: 'tasks',
  AttributeDefinitions: [
    { AttributeName: 'pk', AttributeType: 'S' },
    { AttributeName: 'at', AttributeType: 'S' },
  ],
  KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
  GlobalSecondaryIndexes: [
    {
      IndexName: 'due',
      KeySchema: [{ AttributeName: 'at', KeyType: 'HASH' }],
      Projection: { ProjectionType: 'KEYS_ONLY' },
    },
  ],
};
const TableName = 'tasks';
const Key = { pk: { S: 'task' } };

let meter: DynamoDbMeter;
let client: DynamoDBClient;

beforeEach(async () => {
  const server = await startDynamoDbServer({});
  await createTables(new DynamoDBClient({ endpoint: server.url }), [table]);
  meter = await startDynamoDbMeter(server, [table]);
  client = new DynamoDBClient({ endpoint: meter.url });
  onTestFinished(async () => {
    client.destroy();
    await meter.close();
    await server.close();
  });
});

describe('the DynamoDB meter', () => {
  it('counts the item and its index entry of a write', async () => {
    await client.send(new PutItemCommand({ TableName, Item: { ...Key, at: { S: '1' } } }));
    expect(meter.units()).toEqual({ write: 2, read: 0 });
  });

  it('counts every write of a transaction twice', async () => {
    const Put = { TableName, Item: { ...Key, at: { S: '1' } } };
    const Update = {
      TableName,
      Key: { pk: { S: 'month' } },
      UpdateExpression: 'ADD spent :charge',
      ExpressionAttributeValues: { ':charge': { N: '200000' } },
    };
    await client.send(new TransactWriteItemsCommand({ TransactItems: [{ Put }, { Update }] }));
    expect(meter.units()).toEqual({ write: 2 * (2 + 1), read: 0 });
  });

  it('passes a refusal on and counts it by the size of the item that is there', async () => {
    await client.send(new PutItemCommand({ TableName, Item: { ...Key, text: { S: 'x'.repeat(1500) } } }));
    const refused = client.send(
      new UpdateItemCommand({
        TableName,
        Key,
        UpdateExpression: 'SET phase = :new',
        ConditionExpression: 'attribute_not_exists(pk)',
        ExpressionAttributeValues: { ':new': { S: 'late' } },
      }),
    );
    await expect(refused).rejects.toMatchObject({ name: 'ConditionalCheckFailedException' });
    expect(meter.units()).toEqual({ write: 2 + 2, read: 0 });
  });

  it('counts reads by what was found and by their consistency', async () => {
    await client.send(new PutItemCommand({ TableName, Item: { ...Key, text: { S: 'x'.repeat(5000) } } }));
    await client.send(new GetItemCommand({ TableName, Key }));
    await client.send(
      new QueryCommand({
        TableName,
        KeyConditionExpression: 'pk = :id',
        ExpressionAttributeValues: { ':id': { S: 'task' } },
        ConsistentRead: true,
      }),
    );
    expect(meter.units()).toMatchObject({ read: 1 + 2 });
  });
});
