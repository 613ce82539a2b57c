import { DynamoDBClient } from '@aws-sdk/client-dynamodb';

/** Its first command of that name is done, but the SDK hears that the connection broke, and sends it again. */
export function createForgetfulClient(endpoint: string, command: string): DynamoDBClient {
  const client = new DynamoDBClient({ endpoint });
  let hasForgotten = false;
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (given) => {
        const answer = await next(given);
        if (commandName !== command || hasForgotten) return answer;
        hasForgotten = true;
        throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
      },
    { step: 'deserialize', priority: 'low' },
  );
  return client;
}
