import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, it } from 'vitest';
import { readSettings } from '../../infra/settings.ts';
import { defaultGateway, synthesizeGateway, variablesOf } from '../support/synthesized-gateway.ts';

const gateway = defaultGateway();
const functionNames = [
  'Api',
  'Callback',
  'Intake',
  'Sweeper',
  'Reconciler',
  'SubmitToProvider',
  'CheckJob',
  'ArchiveVideo',
  'SettleTask',
  'DeliverWebhook',
  'Doors',
  'Docs',
];

describe('GatewayStack', () => {
  it('has no finding of cdk-nag that nobody acknowledged', () => {
    expect(new AwsSolutionsChecks().validateScope(gateway.app).violations).toEqual([]);
  });

  it('consists of plain resources, without a custom one', () => {
    expect([...new Set(gateway.resources.map(({ type }) => type))].sort()).toEqual([
      'AWS::ApiGatewayV2::Api',
      'AWS::ApiGatewayV2::Integration',
      'AWS::ApiGatewayV2::Route',
      'AWS::ApiGatewayV2::Stage',
      'AWS::CloudWatch::Alarm',
      'AWS::DynamoDB::Table',
      'AWS::Events::Rule',
      'AWS::IAM::Policy',
      'AWS::IAM::Role',
      'AWS::Lambda::Function',
      'AWS::Lambda::Permission',
      'AWS::Logs::LogGroup',
      'AWS::S3::Bucket',
      'AWS::S3::BucketPolicy',
      'AWS::SQS::Queue',
      'AWS::SQS::QueuePolicy',
      'AWS::StepFunctions::StateMachine',
    ]);
  });

  it('runs every function on Node 24 and arm64, with a role and a log group of its own', () => {
    const functions = gateway.ofType('AWS::Lambda::Function');

    expect(functions).toHaveLength(functionNames.length);
    for (const { properties } of functions)
      expect(properties).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'], MemorySize: 512 });
    expect(new Set(functions.map(({ properties }) => properties['Role'])).size).toBe(functionNames.length);
    expect(new Set(functions.map(({ properties }) => JSON.stringify(properties['LoggingConfig']))).size).toBe(
      functionNames.length,
    );
  });

  it.each([
    ['Api', 29],
    ['Docs', 29],
    ['Callback', 29],
    ['Intake', 60],
    ['Sweeper', 60],
    ['Reconciler', 900],
    ['SubmitToProvider', 75],
    ['CheckJob', 120],
    ['ArchiveVideo', 600],
    ['SettleTask', 60],
    ['DeliverWebhook', 40],
  ])('ends %s after %i seconds', (name, seconds) => {
    const { properties } = gateway.require('AWS::Lambda::Function', `${name}Function`);

    expect(properties['Timeout']).toBe(seconds);
  });

  it('reserves no concurrency, so that no function starves another', () => {
    for (const { properties } of gateway.ofType('AWS::Lambda::Function'))
      expect(properties).not.toHaveProperty('ReservedConcurrentExecutions');
  });

  it('keeps every log for 30 days', () => {
    for (const { properties } of gateway.ofType('AWS::Logs::LogGroup'))
      expect(properties['RetentionInDays']).toBe(30);
  });

  it('keeps the tables and the bucket when the stack is deleted', () => {
    const kept = gateway.resources.filter(({ deletionPolicy }) => deletionPolicy === 'Retain');

    expect(kept.map(({ type }) => type).sort()).toEqual([
      'AWS::DynamoDB::Table',
      'AWS::DynamoDB::Table',
      'AWS::S3::Bucket',
    ]);
  });

  it('tells where everything is in its outputs', () => {
    expect(Object.keys(gateway.outputs).sort()).toEqual([
      'AccountsTable',
      'CredentialsPath',
      'DeliveryMachineArn',
      'Endpoint',
      'MediaBucket',
      'StateMachineArn',
      'TasksTable',
    ]);
    expect(gateway.outputs['CredentialsPath']).toBe('/conch/Conch/providers');
  });
});

describe('the deployment settings', () => {
  const settings = {
    CONCH_STACK: 'Conch-test',
    CONCH_PUBLIC_URL: 'https://video.example',
    CONCH_TRUSTED_ORIGINS: 'http://10.0.0.1:9000',
    CONCH_PROVIDERS: 'piapi',
    PIAPI_BASE_URL: 'http://10.0.0.1:9000',
  };
  const providerNames = ['CONCH_PROVIDERS', 'PIAPI_BASE_URL'];
  const chosen = synthesizeGateway(readSettings(settings));

  it.each([
    ['Api', ['CONCH_PUBLIC_URL', 'CONCH_TRUSTED_ORIGINS', ...providerNames]],
    ['Callback', providerNames],
    ['Intake', ['CONCH_PUBLIC_URL', 'CONCH_TRUSTED_ORIGINS', ...providerNames]],
    ['Sweeper', ['CONCH_PUBLIC_URL', ...providerNames]],
    ['Reconciler', providerNames],
    ['SubmitToProvider', ['CONCH_PUBLIC_URL', ...providerNames]],
    ['CheckJob', providerNames],
    ['ArchiveVideo', ['CONCH_TRUSTED_ORIGINS', ...providerNames]],
    ['SettleTask', ['CONCH_PUBLIC_URL', ...providerNames]],
  ])('reach %s as they were given, where it needs them', (name, expected) => {
    const variables = variablesOf(chosen, name);
    const reached = Object.entries(variables).filter(([variable]) => Object.hasOwn(settings, variable));

    expect(Object.fromEntries(reached)).toEqual(
      Object.fromEntries(Object.entries(settings).filter(([variable]) => expected.includes(variable))),
    );
  });

  it('move the credentials under the path of the stack', () => {
    expect(variablesOf(chosen, 'CheckJob')['CREDENTIALS_PATH']).toBe('/conch/Conch-test/providers');
    expect(chosen.outputs['CredentialsPath']).toBe('/conch/Conch-test/providers');
  });

  it('leave no variable behind when none is given, and the endpoint becomes the public URL', () => {
    const { CONCH_PUBLIC_URL, ...others } = variablesOf(gateway, 'SubmitToProvider');

    expect(CONCH_PUBLIC_URL).toBe(gateway.outputs['Endpoint']);
    expect(Object.keys(others).sort()).toEqual([
      'ACCOUNTS_TABLE_NAME',
      'CREDENTIALS_PATH',
      'MEDIA_BUCKET_NAME',
      'TASKS_TABLE_NAME',
    ]);
  });
});
