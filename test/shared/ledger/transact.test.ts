import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { expect, it, onTestFinished } from 'vitest';
import { startAwsJsonServer } from '../../../infra/local/aws-json-server.ts';
import { AwsServiceError } from '../../../infra/local/aws-service-error.ts';
import { transact } from '../../../shared/ledger/transact.ts';

/** A database that cancels with each of these reasons, then writes. */
async function startCancelling(...cancellations: readonly (readonly string[])[]) {
  const left = [...cancellations];
  const server = await startAwsJsonServer({
    services: {
      DynamoDB_20120810: async () => {
        const codes = left.shift();
        if (codes === undefined) return {};
        const CancellationReasons = codes.map((Code) => ({ Code }));
        throw new AwsServiceError('TransactionCanceledException', 'Cancelled', { CancellationReasons });
      },
    },
  });
  const client = new DynamoDBClient({ endpoint: server.url });
  onTestFinished(async () => {
    client.destroy();
    await server.close();
  });
  return client;
}

const write = { Put: { TableName: 'tasks', Item: { pk: { S: 'x' } } } };

it('writes again after a conflict', async () => {
  const client = await startCancelling(['TransactionConflict', 'None'], ['None', 'TransactionConflict']);

  expect(await transact(client, [write, write])).toBe('done');
});

it('does not take a refusal for the whole truth while another item is in conflict', async () => {
  const client = await startCancelling(
    ['TransactionConflict', 'ConditionalCheckFailed'],
    ['ConditionalCheckFailed', 'ConditionalCheckFailed'],
  );

  expect(await transact(client, [write, write])).toEqual({
    refused: [{ Code: 'ConditionalCheckFailed' }, { Code: 'ConditionalCheckFailed' }],
  });
});

it('throws when the conflicts do not end', async () => {
  const client = await startCancelling(...Array.from({ length: 10 }, () => ['TransactionConflict']));

  await expect(transact(client, [write])).rejects.toMatchObject({ name: 'TransactionCanceledException' });
});
