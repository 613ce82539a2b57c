import { EventBridgeClient, ListRulesCommand } from '@aws-sdk/client-eventbridge';
import { DescribeExecutionCommand, ExecutionDoesNotExist, SFNClient } from '@aws-sdk/client-sfn';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { startAwsJsonServer } from '../../../infra/local/aws-json-server.ts';
import { AwsServiceError } from '../../../infra/local/aws-service-error.ts';

const executionArn = 'arn:aws:states:us-east-1:000000000000:execution:machine:run';
const server = await startAwsJsonServer({
  services: {
    AWSStepFunctions: async (operation) => {
      throw new AwsServiceError('ExecutionDoesNotExist', `${operation} found nothing`);
    },
    AmazonSSM: async (operation, input) => ({ Parameter: { Name: operation, Value: JSON.stringify(input) } }),
    Parsing: async (_operation, input) => z.object({ required: z.string() }).parse(input),
    AWSEvents: async () => {
      throw new TypeError('a defect');
    },
  },
});
const config = { endpoint: server.url, maxAttempts: 1 };
const [sfn, ssm, events] = [new SFNClient(config), new SSMClient(config), new EventBridgeClient(config)];

afterAll(async () => {
  for (const client of [sfn, ssm, events]) client.destroy();
  await server.close();
});

describe('the AWS JSON server', () => {
  it('hands the operation and its input to the service that the target names', async () => {
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name: '/a', WithDecryption: true }));
    expect(Parameter).toEqual({ Name: 'GetParameter', Value: '{"Name":"/a","WithDecryption":true}' });
  });

  it("gives the client AWS's own exception when the service refuses", async () => {
    const error = await sfn.send(new DescribeExecutionCommand({ executionArn })).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(ExecutionDoesNotExist);
    expect(error).toHaveProperty('message', 'DescribeExecution found nothing');
  });

  it('answers InternalFailure with status 500 when the service breaks, without its message', async () => {
    const report = vi.spyOn(console, 'error').mockReturnValue();
    const error = await events.send(new ListRulesCommand({})).catch((thrown) => thrown);
    expect(report).toHaveBeenCalledOnce();
    report.mockRestore();
    expect(error).toMatchObject({ name: 'InternalFailure', $metadata: { httpStatusCode: 500 } });
    expect(error).not.toHaveProperty('message', 'a defect');
  });

  it.each([
    ['names no service here', { 'x-amz-target': 'AWSLambda.Invoke' }, '{}', 'UnknownOperationException'],
    ['names no target', {}, '{}', 'UnknownOperationException'],
    ['lacks a field', { 'x-amz-target': 'Parsing.Parse' }, '{}', 'ValidationException'],
    ['is not JSON', { 'x-amz-target': 'AmazonSSM.GetParameter' }, '{', 'SerializationException'],
  ])('answers status 400 when the request %s', async (_case, headers, body, type) => {
    const response = await fetch(server.url, { method: 'POST', headers: { ...headers }, body });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ __type: type });
  });
});
