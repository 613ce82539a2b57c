import * as z from 'zod';
import { AwsServiceError } from './aws-service-error.ts';

const refusalSchema = z.object({ __type: z.string(), message: z.string().default('') });

/** The state machine's `dynamodb:updateItem`: its parameters are the request as DynamoDB takes it. */
export async function updateItem(dynamodbUrl: string, parameters: unknown): Promise<unknown> {
  const response = await fetch(dynamodbUrl, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': 'DynamoDB_20120810.UpdateItem',
    },
    body: JSON.stringify(parameters),
  });
  const body: unknown = await response.json();
  if (response.ok) return body;
  const { __type: type, message } = refusalSchema.parse(body);
  throw new AwsServiceError(type.slice(type.indexOf('#') + 1), message);
}
