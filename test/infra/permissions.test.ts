import { describe, expect, it } from 'vitest';
import {
  type Statement,
  statementsOf,
  synthesizeGateway,
  variablesOf,
} from '../support/synthesized-gateway.ts';

const gateway = synthesizeGateway();
const tasks = `<${gateway.require('AWS::DynamoDB::Table', 'Tasks').logicalId}.Arn>`;
const accounts = `<${gateway.require('AWS::DynamoDB::Table', 'Accounts').logicalId}.Arn>`;
const bucket = `<${gateway.require('AWS::S3::Bucket').logicalId}.Arn>`;
const stateMachine = `<${gateway.require('AWS::StepFunctions::StateMachine').logicalId}>`;
const executions = `arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:${stateMachine.replace('>', '.Name>')}:*`;
const credentials =
  'arn:<AWS::Partition>:ssm:<AWS::Region>:<AWS::AccountId>:parameter/conch/Conch/providers/*';

const tableRead = ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:Query'];
const tableWrite = ['dynamodb:ConditionCheckItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'];
const tableActions = [...tableRead, ...tableWrite];
const tasksReadWrite = {
  [tasks]: tableActions,
  [`${tasks}/index/byAccount`]: tableActions,
  [`${tasks}/index/due`]: tableActions,
};
const accountsReadWrite = { [accounts]: tableActions };
const read = ['s3:GetObject'];
const write = ['s3:AbortMultipartUpload', 's3:PutObject'];
const list = { [bucket]: ['s3:ListBucket'] };

const permissions: readonly (readonly [string, Readonly<Record<string, readonly string[]>>])[] = [
  [
    'Api',
    {
      ...tasksReadWrite,
      ...accountsReadWrite,
      ...list,
      [`${bucket}/inputs/*`]: [...read, ...write],
      [`${bucket}/videos/*`]: read,
      [stateMachine]: ['states:StartExecution'],
    },
  ],
  [
    'Callback',
    { [tasks]: ['dynamodb:GetItem', 'dynamodb:UpdateItem'], [stateMachine]: ['states:SendTaskSuccess'] },
  ],
  [
    'Intake',
    {
      ...tasksReadWrite,
      ...accountsReadWrite,
      ...list,
      [`${bucket}/inputs/*`]: [...read, ...write],
      [`${bucket}/inbox/*`]: read,
      [`${bucket}/outbox/*`]: write,
      [stateMachine]: ['states:StartExecution'],
    },
  ],
  [
    'Sweeper',
    {
      ...tasksReadWrite,
      ...list,
      [`${bucket}/videos/*`]: read,
      [`${bucket}/outbox/*`]: write,
      [stateMachine]: ['states:StartExecution'],
      [executions]: ['states:DescribeExecution'],
    },
  ],
  [
    'SubmitToProvider',
    {
      ...tasksReadWrite,
      ...list,
      [`${bucket}/inputs/*`]: read,
      [credentials]: ['ssm:GetParameter'],
    },
  ],
  ['CheckJob', { ...tasksReadWrite, [credentials]: ['ssm:GetParameter'] }],
  ['ArchiveVideo', { ...tasksReadWrite, [`${bucket}/videos/*`]: write, [credentials]: ['ssm:GetParameter'] }],
  [
    'SettleTask',
    {
      ...tasksReadWrite,
      ...accountsReadWrite,
      ...list,
      [`${bucket}/videos/*`]: read,
      [`${bucket}/outbox/*`]: write,
    },
  ],
];

/** Which actions are allowed on each resource. */
function byResource(statements: readonly Statement[]): Record<string, string[]> {
  const allowed: Record<string, string[]> = {};
  for (const { Action, Resource } of statements)
    for (const resource of Resource)
      allowed[resource] = [...new Set([...(allowed[resource] ?? []), ...Action])].sort();
  return allowed;
}

describe('grantPermissions', () => {
  it.each(permissions)('allows %s what it needs and nothing else', (name, allowed) => {
    const log = `<${gateway.require('AWS::Logs::LogGroup', `${name}Logs`).logicalId}.Arn>`;
    const expected = Object.entries({ ...allowed, [log]: ['logs:CreateLogStream', 'logs:PutLogEvents'] });

    expect(byResource(statementsOf(gateway, name))).toEqual(
      Object.fromEntries(expected.map(([resource, actions]) => [resource, [...actions].sort()])),
    );
  });

  it('allows no action by a wildcard, and everything only where AWS has no resource to name', () => {
    const names = [...permissions.map(([name]) => name), 'WorkflowStateMachine'];
    const statements = names.flatMap((name) => statementsOf(gateway, name));
    const unbound = statements.filter(({ Resource }) => Resource.includes('*'));

    expect(statements.flatMap(({ Action }) => Action).filter((action) => action.includes('*'))).toEqual([]);
    expect(unbound.flatMap(({ Action }) => Action).filter((action) => !/^(logs|xray):/.test(action))).toEqual(
      [],
    );
  });

  it('lets the workflow write to the tasks and invoke its steps only', () => {
    const statements = statementsOf(gateway, 'WorkflowStateMachine').filter(
      ({ Resource }) => !Resource.includes('*'),
    );

    expect(new Set(statements.flatMap(({ Action }) => Action))).toEqual(
      new Set(['lambda:InvokeFunction', 'dynamodb:UpdateItem']),
    );
    expect(statements.find(({ Action }) => Action.includes('dynamodb:UpdateItem'))?.Resource).toEqual([
      tasks,
    ]);
  });

  it.each([
    ['Api', ['ACCOUNTS_TABLE_NAME', 'MEDIA_BUCKET_NAME', 'STATE_MACHINE_ARN', 'TASKS_TABLE_NAME']],
    ['Callback', ['TASKS_TABLE_NAME']],
    ['Intake', ['ACCOUNTS_TABLE_NAME', 'MEDIA_BUCKET_NAME', 'STATE_MACHINE_ARN', 'TASKS_TABLE_NAME']],
    ['Sweeper', ['MEDIA_BUCKET_NAME', 'STATE_MACHINE_ARN', 'TASKS_TABLE_NAME']],
    ['SubmitToProvider', ['CREDENTIALS_PATH', 'MEDIA_BUCKET_NAME', 'TASKS_TABLE_NAME']],
    ['CheckJob', ['CREDENTIALS_PATH', 'TASKS_TABLE_NAME']],
    ['ArchiveVideo', ['CREDENTIALS_PATH', 'MEDIA_BUCKET_NAME', 'TASKS_TABLE_NAME']],
    ['SettleTask', ['ACCOUNTS_TABLE_NAME', 'MEDIA_BUCKET_NAME', 'TASKS_TABLE_NAME']],
  ])('tells %s where its resources are', (name, expected) => {
    const names = Object.keys(variablesOf(gateway, name)).filter(
      (variable) => variable !== 'CONCH_PUBLIC_URL',
    );

    expect(names.sort()).toEqual(expected);
  });
});
