import { SFNClient } from '@aws-sdk/client-sfn';
import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { systemClock } from '../../shared/clock.ts';
import { environment, providersConfig, readConfig, tasksConfig } from '../../shared/config.ts';
import { logger } from '../../shared/logger.ts';
import { loadProviders } from '../../shared/providers/registry.ts';
import { createDynamoDbClient } from '../../shared/storage/dynamodb-client.ts';
import { createTaskStore } from '../../shared/storage/task-store.ts';
import { toCallbackAnswer } from './callback-answer.ts';
import { callbackPathSchema, receiveCallback } from './receive-callback.ts';

const config = readConfig({ ...tasksConfig, ...providersConfig });
const context = {
  tasks: createTaskStore({ client: createDynamoDbClient(), tableName: config.TASKS_TABLE_NAME }),
  executions: new SFNClient(),
  providers: loadProviders(environment(), config.CONCH_PROVIDERS),
  clock: systemClock,
};

export const handler = middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>()
  .onError(({ error }) => {
    logger.error('A callback failed', { error });
  })
  .handler(async ({ pathParameters, headers, body = '', isBase64Encoded }) => {
    const path = callbackPathSchema.safeParse(pathParameters);
    const text = isBase64Encoded ? Buffer.from(body, 'base64').toString() : body;
    if (!path.success) return toCallbackAnswer({ kind: 'unknown' });
    return toCallbackAnswer(await receiveCallback(path.data, { headers, body: text }, context));
  });
