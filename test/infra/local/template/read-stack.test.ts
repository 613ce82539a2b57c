import { describe, expect, it } from 'vitest';
import { readStack } from '../../../../infra/local/template/read-stack.ts';
import { functionResource, miniAssembly } from '../../../support/mini-assembly.ts';

const key = (name: string) => [{ AttributeName: name, KeyType: 'HASH' }];
const functionArn = { 'Fn::GetAtt': ['Api', 'Arn'] };

const resources = {
  Api: functionResource('api', { Timeout: 29, Environment: { Variables: { TABLE: { Ref: 'Tasks' } } } }),
  Tasks: {
    Type: 'AWS::DynamoDB::Table',
    Properties: {
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      KeySchema: key('pk'),
      BillingMode: 'PAY_PER_REQUEST',
    },
  },
  Media: { Type: 'AWS::S3::Bucket' },
  Workflow: {
    Type: 'AWS::StepFunctions::StateMachine',
    Properties: { DefinitionString: { 'Fn::Join': ['', ['{"StartAt":"', { Ref: 'Tasks' }, '"}']] } },
  },
  HttpApi: { Type: 'AWS::ApiGatewayV2::Api' },
  Integration: {
    Type: 'AWS::ApiGatewayV2::Integration',
    Properties: { IntegrationType: 'AWS_PROXY', IntegrationUri: functionArn, PayloadFormatVersion: '2.0' },
  },
  Route: {
    Type: 'AWS::ApiGatewayV2::Route',
    Properties: {
      RouteKey: '$default',
      Target: { 'Fn::Join': ['/', ['integrations', { Ref: 'Integration' }]] },
    },
  },
  OnDrop: {
    Type: 'AWS::Events::Rule',
    Properties: { EventPattern: { source: ['aws.s3'] }, Targets: [{ Id: 'T', Arn: functionArn }] },
  },
  EveryMinute: {
    Type: 'AWS::Events::Rule',
    Properties: { ScheduleExpression: 'rate(1 minute)', Targets: [{ Id: 'T', Arn: functionArn }] },
  },
};
const read = (more: Record<string, object> = {}) =>
  readStack(
    miniAssembly({
      resources: { ...resources, ...more },
      bundles: { api: '' },
      outputs: { Bucket: { Value: { Ref: 'Media' } } },
    }),
  );

describe('readStack', () => {
  it('reads a function with its bundle, environment and limits', () => {
    expect(read().functions[0]).toMatchObject({
      name: 'api',
      arn: 'arn:aws:lambda:us-east-1:000000000000:function:api',
      directory: expect.stringMatching(/asset\.api$/),
      environment: { TABLE: 'Mini-Tasks' },
      timeoutSeconds: 29,
      memoryMegabytes: 128,
    });
  });

  it('reads a table as what CreateTable needs', () => {
    expect(read().tables).toEqual([
      {
        TableName: 'Mini-Tasks',
        AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
        KeySchema: key('pk'),
        GlobalSecondaryIndexes: [],
      },
    ]);
  });

  it('reads bucket, state machine, routes and outputs', () => {
    const stack = read();
    expect(stack.bucket).toBe('mini-media');
    expect(stack.stateMachines).toMatchObject([
      { name: 'Mini-Workflow', definition: { StartAt: 'Mini-Tasks' } },
    ]);
    expect(stack.routes).toEqual([{ routeKey: '$default', functionArn: stack.functions[0]?.arn }]);
    expect(stack.outputs).toEqual({ Bucket: 'mini-media' });
  });

  it('reads a rule on events and a rule on a schedule', () => {
    expect(read().rules).toMatchObject([
      { kind: 'pattern', name: 'Mini-OnDrop', pattern: { source: ['aws.s3'] } },
      { kind: 'schedule', name: 'Mini-EveryMinute', schedule: { kind: 'rate', everySeconds: 60 } },
    ]);
  });

  it('runs a function and a rule whose dead letters go to a queue, and the queue itself is nothing here', () => {
    const queueArn = { 'Fn::GetAtt': ['Queue', 'Arn'] };
    const target = { Id: 'T', Arn: functionArn, DeadLetterConfig: { Arn: queueArn } };
    const stack = read({
      Queue: { Type: 'AWS::SQS::Queue' },
      Api: functionResource('api', { DeadLetterConfig: { TargetArn: queueArn } }),
      OnDrop: {
        Type: 'AWS::Events::Rule',
        Properties: { EventPattern: { source: ['aws.s3'] }, Targets: [target] },
      },
    });

    expect(stack.rules[0]?.targets).toEqual([{ id: 'T', arn: stack.functions[0]?.arn }]);
  });

  it('throws for a resource type that it does not know, naming the resource', () => {
    expect(() => read({ Topic: { Type: 'AWS::SNS::Topic' } })).toThrow('Topic (AWS::SNS::Topic)');
  });

  it('throws for a target with an input that would be ignored', () => {
    const Properties = { EventPattern: {}, Targets: [{ Id: 'T', Arn: functionArn, Input: '{}' }] };
    expect(() => read({ Rule: { Type: 'AWS::Events::Rule', Properties } })).toThrow('Input');
  });

  it.each([
    ['cron(15 2 * * ? *)', 2 * 3600 + 15 * 60],
    ['cron(0 0 ? * * *)', 0],
    ['cron(59 23 * * ? *)', 86_340],
  ])('reads %s as a moment of each day', (ScheduleExpression, secondOfDay) => {
    const { rules } = read({
      Nightly: { Type: 'AWS::Events::Rule', Properties: { ScheduleExpression, Targets: [] } },
    });
    expect(rules).toContainEqual(
      expect.objectContaining({ name: 'Mini-Nightly', schedule: { kind: 'daily', secondOfDay } }),
    );
  });

  it.each([
    'cron(0 1 ? * MON *)',
    'cron(0 1 1 * ? *)',
    'cron(0/5 1 * * ? *)',
    'cron(60 1 * * ? *)',
    'cron(0 24 * * ? *)',
    'at(2026-11-21T02:15:00)',
  ])('throws for the schedule %s, which it cannot play', (ScheduleExpression) => {
    const Properties = { ScheduleExpression, Targets: [] };
    expect(() => read({ Nightly: { Type: 'AWS::Events::Rule', Properties } })).toThrow('Nightly');
  });
});
