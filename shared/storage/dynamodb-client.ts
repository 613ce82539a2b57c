import { DynamoDBClient } from '@aws-sdk/client-dynamodb';

/**
 * A client that gives up a request that hangs, so that the SDK repeats it: by default it would wait for ever on
 * a connection that died while the function was frozen. Every write here may be repeated.
 */
export function createDynamoDbClient(): DynamoDBClient {
  return new DynamoDBClient({
    requestHandler: { connectionTimeout: 1000, requestTimeout: 5000, throwOnRequestTimeout: true },
  });
}
