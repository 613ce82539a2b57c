import {
  GetItemCommand,
  IdempotentParameterMismatchException,
  PutItemCommand,
  QueryCommand,
  TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { createTable, indexName, openDynamoDb, type RunningDynamoDb, tableName } from './dynamodb-fixture.ts';

const TableName = tableName;
const dynamodb: RunningDynamoDb = await openDynamoDb();
await createTable(dynamodb.client);
let prefix = 0;

beforeEach(() => {
  prefix += 1;
});
afterAll(() => dynamodb.close());

describe('TransactWriteItems', () => {
  it('lets exactly one writer win each key when 32 race for 25 keys', async () => {
    const keys = Array.from({ length: 25 }, (_, index) => id(`seat-${index}`));
    const race = async (writer: number) => {
      const wins = [];
      for (const key of keys) wins.push(await writes([newItem(key, `${writer}`), count(id('wins'), 1)]));
      return wins.filter((isWon) => isWon).length;
    };
    const wins = await Promise.all(Array.from({ length: 32 }, (_, writer) => race(writer)));
    expect(wins.reduce((sum, won) => sum + won, 0)).toBe(25);
    expect((await getItem(id('wins')))?.['tally']).toEqual({ N: '25' });
  });

  it('writes nothing when one of its conditions fails', async () => {
    await put(id('taken'));
    expect(await writes([newItem(id('free')), newItem(id('taken'))])).toBe(false);
    expect(await getItem(id('free'))).toBeUndefined();
  });

  it('tells for each item why it was refused, with the old item where it was asked for', async () => {
    await put(id('taken'));
    const error = await send([
      newItem(id('free')),
      { ...newItem(id('taken'), 'acme', 'ALL_OLD') },
      condition(id('absent'), 'attribute_exists(pk)'),
    ]).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(TransactionCanceledException);
    expect(error).toHaveProperty('CancellationReasons', [
      { Code: 'None' },
      {
        Code: 'ConditionalCheckFailed',
        Message: 'The conditional request failed',
        Item: { pk: { S: id('taken') }, account: { S: 'acme' } },
      },
      { Code: 'ConditionalCheckFailed', Message: 'The conditional request failed' },
    ]);
  });

  it('puts, updates, deletes and checks in one go', async () => {
    await put(id('old'));
    await put(id('witness'));
    const remove = { Delete: { TableName, Key: { pk: { S: id('old') } } } };
    const items = [newItem(id('new')), count(id('sum'), 3), remove];
    await send([...items, condition(id('witness'), 'attribute_exists(pk)')]);
    expect(await getItem(id('new'))).toBeDefined();
    expect(await getItem(id('old'))).toBeUndefined();
    expect((await getItem(id('sum')))?.['tally']).toEqual({ N: '3' });
  });

  it('keeps the index in step with the items it writes, moves and deletes', async () => {
    await put(id('mover'), id('before'));
    await put(id('leaver'), id('before'));
    const move = {
      Update: {
        TableName,
        Key: { pk: { S: id('mover') } },
        UpdateExpression: 'SET account = :account',
        ExpressionAttributeValues: { ':account': { S: id('after') } },
      },
    };
    const leave = { Delete: { TableName, Key: { pk: { S: id('leaver') } } } };
    await send([move, leave, newItem(id('newcomer'), id('after'))]);
    expect(await listAccount(id('before'))).toEqual([]);
    expect((await listAccount(id('after'))).sort()).toEqual([id('mover'), id('newcomer')]);
  });

  it('writes once when the same request token comes again, also at the same time', async () => {
    const token = id('token');
    await Promise.all([send([count(id('sum'), 1)], token), send([count(id('sum'), 1)], token)]);
    await send([count(id('sum'), 1)], token);
    expect((await getItem(id('sum')))?.['tally']).toEqual({ N: '1' });
  });

  it('refuses a request token that came with another request', async () => {
    await send([count(id('sum'), 1)], id('token'));
    const other = send([count(id('sum'), 2)], id('token'));
    await expect(other).rejects.toBeInstanceOf(IdempotentParameterMismatchException);
  });

  it('tries anew with the token of a transaction that was cancelled', async () => {
    await put(id('taken'));
    await expect(send([newItem(id('taken'))], id('token'))).rejects.toThrow(TransactionCanceledException);
    await send([{ Delete: { TableName, Key: { pk: { S: id('taken') } } } }]);
    await send([newItem(id('taken'))], id('token'));
    expect(await getItem(id('taken'))).toBeDefined();
  });

  it.each([
    [
      'names an item twice',
      () => [count(id('a'), 1), condition(id('a'), 'attribute_exists(pk)')],
      /one item/,
    ],
    ['has an item without an action', () => [{}], /can only contain one of/],
    ['has a malformed key', () => [{ Delete: { TableName, Key: { id: { S: 'a' } } } }], /key element/],
    ['has a malformed condition', () => [condition(id('a'), 'pk ===')], /Invalid ConditionExpression/],
  ] as const)('answers ValidationException when the request %s', async (_case, items, message) => {
    const error = await send([...items()]).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'ValidationException', message: expect.stringMatching(message) });
  });
});

/** A name of this test's own. */
function id(name: string): string {
  return `${prefix}-${name}`;
}

function newItem(pk: string, account = 'acme', wish: 'ALL_OLD' | 'NONE' = 'NONE'): TransactWriteItem {
  return {
    Put: {
      TableName,
      Item: { pk: { S: pk }, account: { S: account } },
      ConditionExpression: 'attribute_not_exists(pk)',
      ReturnValuesOnConditionCheckFailure: wish,
    },
  };
}

function count(pk: string, amount: number): TransactWriteItem {
  return {
    Update: {
      TableName,
      Key: { pk: { S: pk } },
      UpdateExpression: 'ADD tally :amount',
      ExpressionAttributeValues: { ':amount': { N: `${amount}` } },
    },
  };
}

function condition(pk: string, expression: string): TransactWriteItem {
  return { ConditionCheck: { TableName, Key: { pk: { S: pk } }, ConditionExpression: expression } };
}

function send(TransactItems: TransactWriteItem[], ClientRequestToken?: string) {
  const token = ClientRequestToken === undefined ? {} : { ClientRequestToken };
  return dynamodb.client.send(new TransactWriteItemsCommand({ TransactItems, ...token }));
}

/** Whether the transaction was written; false when a condition refused it. */
async function writes(items: TransactWriteItem[]): Promise<boolean> {
  try {
    await send(items);
    return true;
  } catch (error) {
    if (error instanceof TransactionCanceledException) return false;
    throw error;
  }
}

function put(pk: string, account = 'acme') {
  const Item = { pk: { S: pk }, account: { S: account } };
  return dynamodb.client.send(new PutItemCommand({ TableName, Item }));
}

async function getItem(pk: string) {
  return (await dynamodb.client.send(new GetItemCommand({ TableName, Key: { pk: { S: pk } } }))).Item;
}

async function listAccount(account: string) {
  const { Items = [] } = await dynamodb.client.send(
    new QueryCommand({
      TableName,
      IndexName: indexName,
      KeyConditionExpression: 'account = :account',
      ExpressionAttributeValues: { ':account': { S: account } },
    }),
  );
  return Items.map(({ pk }) => pk?.S);
}
