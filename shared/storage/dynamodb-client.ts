import { DynamoDBClient } from '@aws-sdk/client-dynamodb';

/**
 * A client that gives up a request that hangs, so that the SDK repeats it: by default it would wait for ever on
 * a connection that died while the function was frozen. Every write here may be repeated.
 */
export function createDynamoDbClient(): DynamoDBClient {
  const client = new DynamoDBClient({
    requestHandler: { connectionTimeout: 1000, requestTimeout: 5000, throwOnRequestTimeout: true },
  });
  // It copies each request and each answer for a logger that there is not.
  client.middlewareStack.remove('loggerMiddleware');
  return client;
}
