import {
  CreateTableCommand,
  DeleteTableCommand,
  PutItemCommand,
  QueryCommand,
  type QueryCommandInput,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, describe, expect, it } from 'vitest';
import { newDirectory, openDynamoDb, type RunningDynamoDb } from './dynamodb-fixture.ts';

const dynamodb: RunningDynamoDb = await openDynamoDb();
afterAll(() => dynamodb.close());

describe('the store of the embedded DynamoDB', () => {
  it('follows a table that is deleted and made again with another key', async () => {
    const TableName = 'changing';
    await createTable(TableName, ['id']);
    await put(TableName, { id: { S: 'a' } });
    await dynamodb.client.send(new DeleteTableCommand({ TableName }));
    await expect(put(TableName, { id: { S: 'a' } })).rejects.toThrow('Requested resource not found');
    await createTable(TableName, ['name']);
    await expect(put(TableName, { id: { S: 'a' } })).rejects.toThrow('Missing the key name');
    await put(TableName, { name: { S: 'a' } });
  });

  it('lists every item once and in order when a query takes more than a page of the disk', async () => {
    const { query, numbers } = await fillTable('long', 250);
    expect(await query({})).toMatchObject({ Count: 250 });
    expect((await query({})).Items?.map(({ number }) => number?.N)).toEqual(numbers);
  });

  it('lists every item when the pages of the disk end early because their items are large', async () => {
    const onDisk = await openDynamoDb(await newDirectory());
    try {
      await createTable('large', ['group', 'number'], onDisk);
      const numbers = Array.from({ length: 150 }, (_, index) => `${index}`);
      const note = { S: 'x'.repeat(1000) };
      for (const N of numbers) await put('large', { group: { S: 'all' }, number: { N }, note }, onDisk);
      const { Items = [] } = await onDisk.client.send(new ScanCommand({ TableName: 'large' }));
      expect(Items.map(({ number }) => number?.N)).toEqual(numbers);
    } finally {
      await onDisk.close();
    }
  });

  it('goes on after the last key when a query has a limit', async () => {
    const { query, numbers } = await fillTable('limited', 250);
    const { Items: first = [], LastEvaluatedKey = {} } = await query({ Limit: 120 });
    const { Items: rest = [] } = await query({ ExclusiveStartKey: LastEvaluatedKey });
    expect([...first, ...rest].map(({ number }) => number?.N)).toEqual(numbers);
  });

  it('finds an item by query as soon as its put is answered, while others are being put', async () => {
    const { query } = await fillTable('busy', 0);
    const found = Array.from({ length: 100 }, async (_, index) => {
      await put('busy', { group: { S: 'all' }, number: { N: `${index}` } });
      const { Items = [] } = await query({});
      return Items.some(({ number }) => number?.N === `${index}`);
    });
    expect(await Promise.all(found)).not.toContain(false);
  });
});

async function fillTable(TableName: string, count: number) {
  await createTable(TableName, ['group', 'number']);
  const numbers = Array.from({ length: count }, (_, index) => `${index}`);
  await Promise.all(numbers.map((N) => put(TableName, { group: { S: 'all' }, number: { N } })));
  const query = (input: Omit<QueryCommandInput, 'TableName'>) =>
    dynamodb.client.send(
      new QueryCommand({
        TableName,
        KeyConditionExpression: '#group = :all',
        ExpressionAttributeNames: { '#group': 'group' },
        ExpressionAttributeValues: { ':all': { S: 'all' } },
        ...input,
      }),
    );
  return { query, numbers };
}

async function createTable(TableName: string, keys: readonly string[], { client } = dynamodb): Promise<void> {
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: keys.map((AttributeName, index) => ({
        AttributeName,
        KeyType: index === 0 ? 'HASH' : 'RANGE',
      })),
      AttributeDefinitions: keys.map((AttributeName) => ({
        AttributeName,
        AttributeType: AttributeName === 'number' ? 'N' : 'S',
      })),
    }),
  );
}

type Item = Required<ConstructorParameters<typeof PutItemCommand>[0]>['Item'];

function put(TableName: string, Item: Item, { client } = dynamodb) {
  return client.send(new PutItemCommand({ TableName, Item }));
}
