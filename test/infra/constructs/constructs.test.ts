import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { GatewayFunction } from '../../../infra/constructs/gateway-function.ts';
import { defaultGateway } from '../../support/synthesized-gateway.ts';

const gateway = defaultGateway();
const bucket = gateway.require('AWS::S3::Bucket');
const httpApi = gateway.require('AWS::ApiGatewayV2::Api');
const onDemandWithRecovery = {
  BillingMode: 'PAY_PER_REQUEST',
  PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
  KeySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'sk', KeyType: 'RANGE' },
  ],
};

describe('TasksTable', () => {
  it('removes by itself what says when it is not needed any more', () => {
    expect(gateway.require('AWS::DynamoDB::Table', 'Tasks').properties).toMatchObject({
      TimeToLiveSpecification: { AttributeName: 'expireAtSeconds', Enabled: true },
    });
  });

  it('finds tasks by account and by when they are due, by keys only', () => {
    const index = (IndexName: string, hash: string, range: string) => ({
      IndexName,
      KeySchema: [
        { AttributeName: hash, KeyType: 'HASH' },
        { AttributeName: range, KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'KEYS_ONLY' },
    });

    expect(gateway.require('AWS::DynamoDB::Table', 'Tasks').properties).toMatchObject({
      ...onDemandWithRecovery,
      GlobalSecondaryIndexes: [
        index('byAccount', 'account', 'createdAt'),
        index('due', 'dueShard', 'nextDueAt'),
      ],
    });
  });
});

describe('AccountsTable', () => {
  it('is paid on demand and can be restored to any moment', () => {
    expect(gateway.require('AWS::DynamoDB::Table', 'Accounts').properties).toMatchObject(
      onDemandWithRecovery,
    );
  });
});

describe('MediaBucket', () => {
  it('lets nobody in from outside, and nobody without TLS', () => {
    expect(bucket.properties['PublicAccessBlockConfiguration']).toEqual({
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    });
    expect(gateway.require('AWS::S3::BucketPolicy').properties).toMatchObject({
      PolicyDocument: {
        Statement: [
          { Effect: 'Deny', Action: 's3:*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
        ],
      },
    });
  });

  it('keeps videos and what was delivered of them for longer than any account may, all else for a month', () => {
    const expire = (folder: string, ExpirationInDays: number) =>
      expect.objectContaining({ Prefix: `${folder}/`, ExpirationInDays, Status: 'Enabled' });

    expect(bucket.properties['LifecycleConfiguration']).toEqual({
      Rules: [
        expire('inputs', 31),
        expire('videos', 400),
        expire('inbox', 31),
        expire('outbox', 400),
        expire('reports', 400),
        expect.objectContaining({ AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } }),
      ],
    });
  });

  it('is encrypted, keeps no versions and sends its events to EventBridge', () => {
    expect(bucket.properties['NotificationConfiguration']).toEqual({
      EventBridgeConfiguration: { EventBridgeEnabled: true },
    });
    expect(bucket.properties['BucketEncryption']).toEqual({
      ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
    });
    expect(bucket.properties).not.toHaveProperty('VersioningConfiguration');
  });
});

describe('HttpApi', () => {
  it.each([
    ['$default', 'ApiFunction'],
    ['POST /callbacks/{provider}/{taskId}/{attempt}/{secret}', 'CallbackFunction'],
    ['GET /openapi.json', 'DocsFunction'],
    ['HEAD /openapi.json', 'DocsFunction'],
    ['GET /docs', 'DocsFunction'],
    ['HEAD /docs', 'DocsFunction'],
  ])('routes %s to the %s by payload format 2.0', (routeKey, functionId) => {
    const route = gateway
      .ofType('AWS::ApiGatewayV2::Route')
      .find(({ properties }) => properties['RouteKey'] === routeKey);
    const integration = gateway
      .ofType('AWS::ApiGatewayV2::Integration')
      .find(({ logicalId }) => route?.properties['Target'] === `integrations/<${logicalId}>`);

    expect(integration?.properties).toMatchObject({
      ApiId: `<${httpApi.logicalId}>`,
      IntegrationUri: expect.stringMatching(new RegExp(`^<${functionId}`)),
      PayloadFormatVersion: '2.0',
    });
  });

  it('logs no path, because paths carry secrets', () => {
    const { Format } = z
      .object({ Format: z.string() })
      .parse(gateway.require('AWS::ApiGatewayV2::Stage').properties['AccessLogSettings']);

    expect(Format).toContain('$context.routeKey');
    expect(Format).not.toMatch(/path|protocol|uri/i);
  });
});

describe('Triggers', () => {
  it.each([
    [
      'FileDropped',
      'IntakeFunction',
      {
        EventPattern: {
          source: ['aws.s3'],
          'detail-type': ['Object Created'],
          detail: { bucket: { name: [`<${bucket.logicalId}>`] }, object: { key: [{ prefix: 'inbox/' }] } },
        },
      },
    ],
    ['EveryMinute', 'SweeperFunction', { ScheduleExpression: 'rate(1 minute)' }],
    ['EveryDay', 'ReconcilerFunction', { ScheduleExpression: 'cron(15 2 * * ? *)' }],
    [
      'ExecutionDied',
      'SweeperFunction',
      {
        EventPattern: {
          source: ['aws.states'],
          'detail-type': ['Step Functions Execution Status Change'],
          detail: {
            status: ['FAILED', 'TIMED_OUT', 'ABORTED'],
            stateMachineArn: [
              `<${gateway.require('AWS::StepFunctions::StateMachine', 'Workflow').logicalId}>`,
            ],
          },
        },
      },
    ],
  ])('%s starts the %s', (rule, functionId, trigger) => {
    expect(gateway.require('AWS::Events::Rule', `Triggers${rule}`).properties).toMatchObject({
      ...trigger,
      State: 'ENABLED',
      Targets: [{ Arn: expect.stringMatching(new RegExp(`^<${functionId}`)) }],
    });
  });
});

describe('DeadLetters', () => {
  const queue = gateway.require('AWS::SQS::Queue');
  const deadLetterArn = `<${queue.logicalId}.Arn>`;

  it('is encrypted and keeps what was dropped for 14 days', () => {
    expect(queue.properties).toEqual({ SqsManagedSseEnabled: true, MessageRetentionPeriod: 14 * 86_400 });
  });

  it('lets in the rule on dropped files, and nobody without TLS', () => {
    const rule = gateway.require('AWS::Events::Rule', 'TriggersFileDropped').logicalId;

    expect(gateway.require('AWS::SQS::QueuePolicy').properties).toMatchObject({
      PolicyDocument: {
        Statement: [
          { Effect: 'Deny', Action: 'sqs:*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
          {
            Effect: 'Allow',
            Action: 'sqs:SendMessage',
            Principal: { Service: 'events.amazonaws.com' },
            Condition: { ArnEquals: { 'aws:SourceArn': `<${rule}.Arn>` } },
          },
        ],
      },
    });
  });

  it('takes the event of a dropped file that cannot be delivered', () => {
    expect(gateway.require('AWS::Events::Rule', 'TriggersFileDropped').properties).toMatchObject({
      Targets: [{ DeadLetterConfig: { Arn: deadLetterArn } }],
    });
  });

  it('takes the event that intake failed to handle, and no other function has it', () => {
    const users = gateway
      .ofType('AWS::Lambda::Function')
      .filter(({ properties }) => properties['DeadLetterConfig'] !== undefined);

    expect(users).toEqual([gateway.require('AWS::Lambda::Function', 'IntakeFunction')]);
    expect(users[0]?.properties['DeadLetterConfig']).toEqual({ TargetArn: deadLetterArn });
  });
});

describe('GatewayFunction', () => {
  const app = new App();
  const timeout = Duration.seconds(29);
  new GatewayFunction(new Stack(app, 'Bundled'), 'Intake', {
    folder: 'intake',
    description: '',
    timeout,
  });
  const { directory } = app.synth();
  const asset = readdirSync(directory).find((name) => /^asset\.\w+$/.test(name)) ?? '';
  const bundle = readFileSync(join(directory, asset, 'index.mjs'), 'utf8');

  it('is one bundled file without a source map, which names no path of this machine', () => {
    expect(readdirSync(join(directory, asset))).toEqual(['index.mjs']);
    expect(bundle).toMatch(/export\s*\{.*as handler/s);
    expect(bundle.includes(process.cwd())).toBe(false);
  });

  it('knows no source of credentials but its environment', () => {
    expect(bundle.includes('AWS_SECRET_ACCESS_KEY')).toBe(true);
    expect(bundle.includes('AWS_WEB_IDENTITY_TOKEN_FILE')).toBe(false);
  });

  it('holds what S3 says of the calls that it makes, and of no others', () => {
    expect(bundle.includes('GetObjectRequest')).toBe(true);
    expect(bundle.includes('SelectObjectContentRequest')).toBe(false);
  });
});
