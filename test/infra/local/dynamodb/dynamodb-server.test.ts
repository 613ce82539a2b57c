import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import {
  ConditionalCheckFailedException,
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ResourceNotFoundException,
  UpdateContinuousBackupsCommand,
  UpdateItemCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  createTable,
  indexName,
  newDirectory,
  openDynamoDb,
  type RunningDynamoDb,
  tableName,
} from './dynamodb-fixture.ts';

const TableName = tableName;
const item = { pk: { S: 'a' }, account: { S: 'acme' }, count: { N: '1' } };

let directory: string;
let dynamodb: RunningDynamoDb;

beforeEach(async () => {
  directory = await newDirectory();
  dynamodb = await openDynamoDb(directory);
  await createTable(dynamodb.client);
});
afterEach(async () => {
  await dynamodb.close();
  await rm(directory, { recursive: true, force: true });
});

describe('the embedded DynamoDB', () => {
  it('has an active table as soon as its creation answers', async () => {
    const { Table } = await dynamodb.client.send(new DescribeTableCommand({ TableName }));
    expect(Table?.TableStatus).toBe('ACTIVE');
    expect(Table?.GlobalSecondaryIndexes?.[0]?.IndexStatus).toBe('ACTIVE');
  });

  it('answers ResourceNotFoundException for a write to an unknown table', async () => {
    const put = dynamodb.client.send(new PutItemCommand({ TableName: 'nowhere', Item: item }));
    await expect(put).rejects.toBeInstanceOf(ResourceNotFoundException);
  });

  it.each([
    ['is asked for', 'ALL_OLD', item],
    ['is not asked for', 'NONE', undefined],
  ] as const)('handles the old item of a failed condition when it %s', async (_case, wish, expected) => {
    await dynamodb.client.send(new PutItemCommand({ TableName, Item: item }));
    const put = dynamodb.client.send(
      new PutItemCommand({
        TableName,
        Item: { pk: { S: 'a' } },
        ConditionExpression: 'attribute_not_exists(pk)',
        ReturnValuesOnConditionCheckFailure: wish,
      }),
    );
    const error = await put.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ConditionalCheckFailedException);
    expect(error).toHaveProperty('Item', expected);
  });

  it('returns the new item of an update and moves its index entry', async () => {
    await dynamodb.client.send(new PutItemCommand({ TableName, Item: item }));
    const { Attributes } = await dynamodb.client.send(
      new UpdateItemCommand({
        TableName,
        Key: { pk: { S: 'a' } },
        UpdateExpression: 'SET account = :other ADD #count :one',
        ExpressionAttributeNames: { '#count': 'count' },
        ExpressionAttributeValues: { ':other': { S: 'other' }, ':one': { N: '1' } },
        ReturnValues: 'ALL_NEW',
      }),
    );
    expect(Attributes).toEqual({ pk: { S: 'a' }, account: { S: 'other' }, count: { N: '2' } });
    expect(await listAccount('acme')).toEqual([]);
    expect(await listAccount('other')).toEqual([Attributes]);
  });

  it('loses no increment when 50 updates race for one item', async () => {
    const increment = () =>
      dynamodb.client.send(
        new UpdateItemCommand({
          TableName,
          Key: { pk: { S: 'counter' } },
          UpdateExpression: 'ADD tally :one',
          ExpressionAttributeValues: { ':one': { N: '1' } },
        }),
      );
    await Promise.all(Array.from({ length: 50 }, increment));
    expect((await getItem('counter'))?.['tally']).toEqual({ N: '50' });
  });

  it('tells the settings of a table that were made before it was reopened', async () => {
    const TimeToLiveSpecification = { AttributeName: 'expiresAt', Enabled: true };
    const recovery = { PointInTimeRecoveryEnabled: true };
    await dynamodb.client.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification }));
    await dynamodb.client.send(
      new UpdateContinuousBackupsCommand({ TableName, PointInTimeRecoverySpecification: recovery }),
    );
    await reopen();
    const lifetime = await dynamodb.client.send(new DescribeTimeToLiveCommand({ TableName }));
    expect(lifetime.TimeToLiveDescription).toEqual({
      TimeToLiveStatus: 'ENABLED',
      AttributeName: 'expiresAt',
    });
    const backups = await dynamodb.client.send(new DescribeContinuousBackupsCommand({ TableName }));
    expect(backups.ContinuousBackupsDescription?.PointInTimeRecoveryDescription).toEqual({
      PointInTimeRecoveryStatus: 'ENABLED',
    });
  });

  it('keeps items and index entries when its directory is reopened', async () => {
    await dynamodb.client.send(new PutItemCommand({ TableName, Item: item }));
    await reopen();
    expect(await getItem('a')).toEqual(item);
    expect(await listAccount('acme')).toEqual([item]);
  });

  it('refuses a directory that another server has open', async () => {
    const second = openDynamoDb(directory);
    await expect(second).rejects.toMatchObject({ cause: { code: 'LEVEL_LOCKED' } });
  });

  it('keeps an answered write when its process is killed', async () => {
    await dynamodb.close();
    const child = spawn(process.execPath, ['--input-type=module', '-e', writeAndHang(directory)]);
    await once(child.stdout, 'data');
    child.kill('SIGKILL');
    await once(child, 'exit');
    dynamodb = await openDynamoDb(directory);
    expect(await getItem('from-the-child')).toEqual({ pk: { S: 'from-the-child' } });
  });
});

async function reopen() {
  await dynamodb.close();
  dynamodb = await openDynamoDb(directory);
}

async function getItem(pk: string) {
  return (await dynamodb.client.send(new GetItemCommand({ TableName, Key: { pk: { S: pk } } }))).Item;
}

async function listAccount(account: string) {
  const { Items } = await dynamodb.client.send(
    new QueryCommand({
      TableName,
      IndexName: indexName,
      KeyConditionExpression: 'account = :account',
      ExpressionAttributeValues: { ':account': { S: account } },
    }),
  );
  return Items;
}

/** A program that writes one item, says so and stays. */
function writeAndHang(dataDirectory: string): string {
  const server = new URL('../../../../infra/local/dynamodb/dynamodb-server.ts', import.meta.url).href;
  return `
    const { startDynamoDbServer } = await import(${JSON.stringify(server)});
    const { url } = await startDynamoDbServer({ dataDirectory: ${JSON.stringify(dataDirectory)} });
    await fetch(url, {
      method: 'POST',
      headers: { 'x-amz-target': 'DynamoDB_20120810.PutItem' },
      body: JSON.stringify({ TableName: 'tasks', Item: { pk: { S: 'from-the-child' } } }),
    });
    console.log('written');`;
}
