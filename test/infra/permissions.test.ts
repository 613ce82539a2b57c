import { describe, expect, it } from 'vitest';
import { defaultGateway, type Statement, statementsOf, variablesOf } from '../support/synthesized-gateway.ts';

const gateway = defaultGateway();
const tasks = `<${gateway.require('AWS::DynamoDB::Table', 'Tasks').logicalId}.Arn>`;
const accounts = `<${gateway.require('AWS::DynamoDB::Table', 'Accounts').logicalId}.Arn>`;
const bucket = `<${gateway.require('AWS::S3::Bucket').logicalId}.Arn>`;
const stateMachine = `<${gateway.require('AWS::StepFunctions::StateMachine', 'Workflow').logicalId}>`;
const deliveries = `<${gateway.require('AWS::StepFunctions::StateMachine', 'Webhooks').logicalId}>`;
const executions = `arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:${stateMachine.replace('>', '.Name>')}:*`;
const credentials =
  'arn:<AWS::Partition>:ssm:<AWS::Region>:<AWS::AccountId>:parameter/conch/Conch/providers/*';

const deadLetters = `<${gateway.require('AWS::SQS::Queue').logicalId}.Arn>`;

const readTask = ['dynamodb:GetItem', 'dynamodb:Query'];
const stepAccess = { [tasks]: [...readTask, 'dynamodb:UpdateItem'] };
/** To take a place at a provider, to give it back, and to wake who gets it. */
const queueTasks = [...readTask, 'dynamodb:UpdateItem', 'dynamodb:PutItem', 'dynamodb:DeleteItem'];
const queueAccess = { [tasks]: queueTasks, [stateMachine]: ['states:SendTaskSuccess'] };
const holdAccess = { [accounts]: ['dynamodb:GetItem', 'dynamodb:UpdateItem'] };
const read = ['s3:GetObject'];
const write = ['s3:AbortMultipartUpload', 's3:PutObject'];
const replace = [...write, 's3:DeleteObject'];
const readAndDelete = [...read, 's3:DeleteObject'];
const list = { [bucket]: ['s3:ListBucket'] };

const permissions: readonly (readonly [string, Readonly<Record<string, readonly string[]>>])[] = [
  [
    'Api',
    {
      [tasks]: [...readTask, 'dynamodb:BatchGetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
      [`${tasks}/index/byAccount`]: ['dynamodb:Query'],
      ...holdAccess,
      ...list,
      [`${bucket}/inputs/*`]: [...read, ...write],
      [`${bucket}/videos/*`]: readAndDelete,
      [`${bucket}/inbox/*`]: read,
      [`${bucket}/outbox/*`]: readAndDelete,
      [stateMachine]: ['states:StartExecution', 'states:SendTaskSuccess'],
      [deliveries]: ['states:StartExecution'],
    },
  ],
  [
    'Doors',
    {
      [tasks]: [...readTask, 'dynamodb:BatchGetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
      ...holdAccess,
      ...list,
      [`${bucket}/inputs/*`]: [...read, ...write],
      [`${bucket}/videos/*`]: read,
      [`${bucket}/inbox/*`]: read,
      [`${bucket}/outbox/*`]: read,
      [stateMachine]: ['states:StartExecution'],
    },
  ],
  ['Docs', {}],
  [
    'Callback',
    { [tasks]: ['dynamodb:GetItem', 'dynamodb:UpdateItem'], [stateMachine]: ['states:SendTaskSuccess'] },
  ],
  [
    'Intake',
    {
      [tasks]: [...readTask, 'dynamodb:BatchGetItem', 'dynamodb:PutItem'],
      ...holdAccess,
      ...list,
      [`${bucket}/inputs/*`]: [...read, ...write],
      [`${bucket}/videos/*`]: read,
      [`${bucket}/inbox/*`]: read,
      [`${bucket}/outbox/*`]: [...read, ...write],
      [stateMachine]: ['states:StartExecution'],
      [deadLetters]: ['sqs:SendMessage'],
    },
  ],
  [
    'Sweeper',
    {
      ...queueAccess,
      ...holdAccess,
      [deliveries]: ['states:StartExecution'],
      [`${tasks}/index/due`]: ['dynamodb:Query'],
      ...list,
      [`${bucket}/videos/*`]: readAndDelete,
      [`${bucket}/outbox/*`]: [...read, ...replace],
      [credentials]: ['ssm:GetParameter'],
      [stateMachine]: ['states:StartExecution', 'states:SendTaskSuccess'],
      [executions]: ['states:DescribeExecution'],
    },
  ],
  [
    'Reconciler',
    {
      [tasks]: [...readTask, 'dynamodb:BatchGetItem', 'dynamodb:UpdateItem'],
      [`${tasks}/index/byAccount`]: ['dynamodb:Query'],
      [`${tasks}/index/due`]: ['dynamodb:Query'],
      [accounts]: ['dynamodb:Query', 'dynamodb:Scan'],
      ...list,
      [`${bucket}/reports/*`]: [...read, ...write],
      [credentials]: ['ssm:GetParameter'],
    },
  ],
  [
    'SubmitToProvider',
    {
      ...queueAccess,
      [tasks]: [...queueTasks, 'dynamodb:BatchGetItem'],
      ...holdAccess,
      ...list,
      [`${bucket}/inputs/*`]: read,
      [`${bucket}/videos/*`]: read,
      [`${bucket}/inbox/*`]: read,
      [`${bucket}/outbox/*`]: read,
      [credentials]: ['ssm:GetParameter'],
    },
  ],
  ['CheckJob', { ...queueAccess, [credentials]: ['ssm:GetParameter'] }],
  [
    'ArchiveVideo',
    {
      ...stepAccess,
      ...list,
      [`${bucket}/videos/*`]: [...read, ...write],
      [credentials]: ['ssm:GetParameter'],
    },
  ],
  [
    'SettleTask',
    {
      ...queueAccess,
      ...holdAccess,
      [deliveries]: ['states:StartExecution'],
      ...list,
      [`${bucket}/videos/*`]: readAndDelete,
      [`${bucket}/outbox/*`]: [...read, ...replace],
    },
  ],
  ['DeliverWebhook', { ...stepAccess, ...holdAccess }],
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

  it.each(['Api', 'Doors', 'Intake', 'SubmitToProvider', 'SettleTask', 'Sweeper', 'DeliverWebhook'])(
    'keeps what %s books to the accounts, away from the keys',
    (name) => {
      const { properties } = gateway.require('AWS::IAM::Policy', `${name}RoleDefaultPolicy`);

      expect(properties).toMatchObject({
        PolicyDocument: {
          Statement: expect.arrayContaining([
            expect.objectContaining({
              Action: 'dynamodb:UpdateItem',
              Resource: accounts,
              Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['ACCOUNT#*'] } },
            }),
          ]),
        },
      });
    },
  );

  it.each(['SubmitToProvider', 'SettleTask', 'Sweeper', 'DeliverWebhook'])(
    'lets %s read the terms of an account, and no key by its hash',
    (name) => {
      const { properties } = gateway.require('AWS::IAM::Policy', `${name}RoleDefaultPolicy`);

      expect(properties).toMatchObject({
        PolicyDocument: {
          Statement: expect.arrayContaining([
            expect.objectContaining({
              Action: 'dynamodb:GetItem',
              Resource: accounts,
              Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['ACCOUNT#*'] } },
            }),
          ]),
        },
      });
    },
  );

  const onTasks = { 'ForAllValues:StringNotLike': { 'dynamodb:LeadingKeys': ['*#*'] } };
  const onRates = { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['RATE#*'] } };

  it.each([
    ['Api', 'tasks and on the counted requests of keys', [onTasks, onRates]],
    ['Doors', 'the counted requests of keys', [onRates]],
    ['Callback', 'tasks', [onTasks]],
  ])('lets %s write on %s alone: nothing of providers, jobs or queues', (name, _, conditions) => {
    const { properties } = gateway.require('AWS::IAM::Policy', `${name}RoleDefaultPolicy`);
    const updates = statementsOf(gateway, name).filter(
      ({ Action, Resource }) => Action.includes('dynamodb:UpdateItem') && Resource.includes(tasks),
    );

    expect(updates).toHaveLength(conditions.length);
    expect(properties).toMatchObject({
      PolicyDocument: {
        Statement: expect.arrayContaining(
          conditions.map((Condition) =>
            expect.objectContaining({ Action: 'dynamodb:UpdateItem', Resource: tasks, Condition }),
          ),
        ),
      },
    });
  });

  it('lets the reconciler write how providers stand alone, and read of the accounts nothing but their money', () => {
    const { properties } = gateway.require('AWS::IAM::Policy', 'ReconcilerRoleDefaultPolicy');
    const only = (...attributes: readonly string[]) => ({
      'ForAllValues:StringEquals': { 'dynamodb:Attributes': attributes },
      StringEquals: { 'dynamodb:Select': 'SPECIFIC_ATTRIBUTES' },
    });
    const within = (partitions: string) => ({
      'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [partitions] },
    });
    const counters = only('pk', 'sk', 'committedMicroUsd', 'spentMicroUsd');

    expect(properties).toMatchObject({
      PolicyDocument: {
        Statement: expect.arrayContaining([
          expect.objectContaining({
            Action: 'dynamodb:UpdateItem',
            Resource: tasks,
            Condition: within('PROVIDER#*'),
          }),
          expect.objectContaining({ Action: 'dynamodb:Scan', Resource: accounts, Condition: only('pk') }),
          expect.objectContaining({
            Action: 'dynamodb:Query',
            Resource: accounts,
            Condition: { ...within('ACCOUNT#*'), ...counters },
          }),
        ]),
      },
    });
  });

  it('lets whoever delivers a webhook write on no task, but on deliveries alone', () => {
    const { properties } = gateway.require('AWS::IAM::Policy', 'DeliverWebhookRoleDefaultPolicy');

    expect(properties).toMatchObject({
      PolicyDocument: {
        Statement: expect.arrayContaining([
          expect.objectContaining({
            Action: 'dynamodb:UpdateItem',
            Resource: tasks,
            Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['DELIVERY#*'] } },
          }),
        ]),
      },
    });
  });

  it('allows no action by a wildcard, and everything only where AWS has no resource to name', () => {
    const names = [...permissions.map(([name]) => name), 'WorkflowStateMachine', 'WebhooksStateMachine'];
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

  it('lets the deliveries of webhooks invoke their step only', () => {
    const statements = statementsOf(gateway, 'WebhooksStateMachine').filter(
      ({ Resource }) => !Resource.includes('*'),
    );

    expect(statements.flatMap(({ Action }) => Action)).toEqual(['lambda:InvokeFunction']);
    expect(statements[0]?.Resource[0]).toMatch(/^<DeliverWebhookFunction/);
  });

  it.each([
    [
      'Api',
      [
        'ACCOUNTS_TABLE_NAME',
        'DELIVERY_MACHINE_ARN',
        'MEDIA_BUCKET_NAME',
        'STATE_MACHINE_ARN',
        'TASKS_TABLE_NAME',
      ],
    ],
    ['Doors', ['ACCOUNTS_TABLE_NAME', 'MEDIA_BUCKET_NAME', 'STATE_MACHINE_ARN', 'TASKS_TABLE_NAME']],
    ['Callback', ['TASKS_TABLE_NAME']],
    ['Intake', ['ACCOUNTS_TABLE_NAME', 'MEDIA_BUCKET_NAME', 'STATE_MACHINE_ARN', 'TASKS_TABLE_NAME']],
    [
      'Sweeper',
      [
        'ACCOUNTS_TABLE_NAME',
        'CREDENTIALS_PATH',
        'DELIVERY_MACHINE_ARN',
        'MEDIA_BUCKET_NAME',
        'STATE_MACHINE_ARN',
        'TASKS_TABLE_NAME',
      ],
    ],
    ['Reconciler', ['ACCOUNTS_TABLE_NAME', 'CREDENTIALS_PATH', 'MEDIA_BUCKET_NAME', 'TASKS_TABLE_NAME']],
    [
      'SubmitToProvider',
      ['ACCOUNTS_TABLE_NAME', 'CREDENTIALS_PATH', 'MEDIA_BUCKET_NAME', 'TASKS_TABLE_NAME'],
    ],
    ['CheckJob', ['CREDENTIALS_PATH', 'TASKS_TABLE_NAME']],
    ['ArchiveVideo', ['CREDENTIALS_PATH', 'MEDIA_BUCKET_NAME', 'TASKS_TABLE_NAME']],
    ['SettleTask', ['ACCOUNTS_TABLE_NAME', 'DELIVERY_MACHINE_ARN', 'MEDIA_BUCKET_NAME', 'TASKS_TABLE_NAME']],
    ['DeliverWebhook', ['ACCOUNTS_TABLE_NAME', 'TASKS_TABLE_NAME']],
  ])('tells %s where its resources are', (name, expected) => {
    const names = Object.keys(variablesOf(gateway, name)).filter(
      (variable) => variable !== 'CONCH_PUBLIC_URL',
    );

    expect(names.sort()).toEqual(expected);
  });
});

/** Takes away what needs nothing that is left, until nothing can be taken: what then remains waits for itself. */
function findCircle(): string[] {
  let left = [...gateway.resources];
  for (;;) {
    const ids = new Set(left.map(({ logicalId }) => logicalId));
    const waiting = left.filter(({ logicalId, needs }) =>
      needs.some((id) => id !== logicalId && ids.has(id)),
    );
    if (waiting.length === left.length) return [...ids];
    left = waiting;
  }
}

it('makes no resource wait for itself, which CloudFormation refuses', () => {
  expect(gateway.resources.flatMap(({ needs }) => needs).length).toBeGreaterThan(100);
  expect(findCircle()).toEqual([]);
});
