import { GetItemCommand, UpdateItemCommand, type UpdateItemCommandInput } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { createTable, openDynamoDb, type RunningDynamoDb, tableName } from './dynamodb-fixture.ts';

const TableName = tableName;
const dynamodb: RunningDynamoDb = await openDynamoDb();
await createTable(dynamodb.client);
let key = { pk: { S: '' } };
let keys = 0;

beforeEach(() => {
  keys += 1;
  key = { pk: { S: `item-${keys}` } };
});
afterAll(() => dynamodb.close());

describe('an expression that was parsed before', () => {
  it('takes the names and values of the request at hand', async () => {
    await update({ ...setPath('first', '1') });
    await update({ ...setPath('second', '2') });
    await update({ ...setPath('first', '3') });
    expect(await getItem()).toEqual({ ...key, first: { N: '3' }, second: { N: '2' } });
  });

  it('is not changed by what an earlier request made of it', async () => {
    const increment = {
      UpdateExpression: 'SET tally = if_not_exists(tally, :zero) + :one',
      ExpressionAttributeValues: { ':zero': { N: '0' }, ':one': { N: '1' } },
    };
    for (const _turn of Array(3)) await update(increment);
    expect((await getItem())?.['tally']).toEqual({ N: '3' });
  });

  it('keeps its condition: it holds for one value and not for another', async () => {
    await update(setPath('state', '1'));
    const from = (value: string) => ({
      UpdateExpression: 'SET moved = :yes',
      ConditionExpression: '#state IN (:from)',
      ExpressionAttributeNames: { '#state': 'state' },
      ExpressionAttributeValues: { ':yes': { BOOL: true }, ':from': { N: value } },
    });
    await update(from('1'));
    await expect(update(from('2'))).rejects.toThrow('The conditional request failed');
  });

  it.each([
    ['a value of a wrong type', { ':value': { S: 'one' } }, /Incorrect operand type/],
    ['a value too few', { ':other': { N: '1' } }, /not defined; attribute value: :value/],
    [
      'a value too many',
      { ':value': { N: '1' }, ':other': { N: '1' } },
      /unused in expressions: keys: {:other}/,
    ],
  ] as const)('is refused with %s', async (_case, values, message) => {
    const add = (ExpressionAttributeValues: Required<UpdateItemCommandInput>['ExpressionAttributeValues']) =>
      update({ UpdateExpression: 'ADD tally :value', ExpressionAttributeValues });
    await add({ ':value': { N: '1' } });
    await expect(add({ ...values })).rejects.toThrow(message);
    expect((await getItem())?.['tally']).toEqual({ N: '1' });
  });

  it('is judged by its values where they decide whether it is valid', async () => {
    const between = (low: string, high: string) =>
      update({
        UpdateExpression: 'SET seen = :low',
        ConditionExpression: 'attribute_not_exists(seen) OR seen BETWEEN :low AND :high',
        ExpressionAttributeValues: { ':low': { N: low }, ':high': { N: high } },
      });
    await between('1', '2');
    await expect(between('2', '1')).rejects.toThrow(/upper bound to be greater/);
  });
});

function setPath(name: string, value: string) {
  return {
    UpdateExpression: 'SET #name = :value',
    ExpressionAttributeNames: { '#name': name },
    ExpressionAttributeValues: { ':value': { N: value } },
  };
}

function update(expressions: Omit<UpdateItemCommandInput, 'TableName' | 'Key'>) {
  return dynamodb.client.send(new UpdateItemCommand({ TableName, Key: key, ...expressions }));
}

async function getItem() {
  return (await dynamodb.client.send(new GetItemCommand({ TableName, Key: key }))).Item;
}
