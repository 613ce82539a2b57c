import validate from 'asl-validator';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { defaultGateway } from '../../support/synthesized-gateway.ts';

const retrySchema = z.object({ ErrorEquals: z.array(z.string()), MaxAttempts: z.number() });
const catchSchema = z.object({ ErrorEquals: z.array(z.string()), ResultPath: z.null(), Next: z.string() });
const stateSchema = z.looseObject({
  Type: z.string(),
  Next: z.string().optional(),
  Retry: z.array(retrySchema).default([]),
  Catch: z.array(catchSchema).default([]),
});
const definitionSchema = z.object({ StartAt: z.string(), States: z.record(z.string(), stateSchema) });

const stateMachine = defaultGateway().require('AWS::StepFunctions::StateMachine', 'Workflow');
const definitionText = z.string().parse(stateMachine.properties['DefinitionString']);
const { StartAt, States } = definitionSchema.parse(JSON.parse(definitionText));
const tasks = Object.entries(States).filter(([, state]) => state.Type === 'Task');

function requireState(name: string) {
  const state = States[name];
  if (state === undefined) throw new Error(`There is no state ${name}`);
  return state;
}

describe('the generation workflow', () => {
  it('is valid Amazon States Language', () => {
    const arns = definitionText
      .replaceAll('<AWS::Partition>', 'aws')
      .replaceAll(/<(\w+)\.Arn>/g, 'arn:aws:lambda:us-east-1:000000000000:function:$1');
    const { isValid, errorsText } = validate(JSON.parse(arns));

    expect({ isValid, errors: errorsText() }).toEqual({ isValid: true, errors: '' });
  });

  it('is a standard workflow that logs errors without data and traces', () => {
    expect(stateMachine.properties).toMatchObject({
      StateMachineType: 'STANDARD',
      LoggingConfiguration: { Level: 'ERROR', IncludeExecutionData: false },
      TracingConfiguration: { Enabled: true },
    });
  });

  it('waits for a place, submits, sleeps, looks, archives and settles', () => {
    expect(StartAt).toBe('SubmitToProvider');
    expect(tasks.map(([name, { Next }]) => [name, Next])).toEqual([
      ['SubmitToProvider', 'RouteDecision'],
      ['AwaitPlace', 'SubmitToProvider'],
      ['CheckJob', 'RouteDecision'],
      ['AwaitWakeUp', 'CheckJob'],
      ['ArchiveVideo', 'SettleTask'],
      ['SettleTask', undefined],
    ]);
    expect(requireState('Done').Type).toBe('Succeed');
  });

  it.each([
    ['submit', 'SubmitToProvider'],
    ['queue', 'AwaitPlace'],
    ['await', 'AwaitWakeUp'],
    ['archive', 'ArchiveVideo'],
    ['settle', 'SettleTask'],
    ['done', 'Done'],
  ])('goes on the decision "%s" to %s', (decision, next) => {
    expect(requireState('RouteDecision')['Choices']).toContainEqual({
      Variable: '$.step.decision',
      StringEquals: decision,
      Next: next,
    });
  });

  it('fails on a decision that it does not know', () => {
    expect(requireState('RouteDecision')['Default']).toBe('UnknownDecision');
    expect(requireState('UnknownDecision').Type).toBe('Fail');
  });

  it.each([
    ['SubmitToProvider', 105],
    ['CheckJob', 150],
    ['ArchiveVideo', 630],
    ['SettleTask', 90],
  ])('lets %s outlast its function: %i seconds', (name, seconds) => {
    expect(requireState(name)['TimeoutSeconds']).toBe(seconds);
  });

  it.each(['SubmitToProvider', 'CheckJob', 'ArchiveVideo', 'SettleTask'])(
    'hands %s the ids only and keeps its decision',
    (name) => {
      expect(requireState(name)).toMatchObject({
        Resource: expect.stringMatching(new RegExp(`^<${name}Function`)),
        Parameters: { 'taskId.$': '$.taskId', 'run.$': '$.run' },
        ResultPath: '$.step',
      });
    },
  );
});

describe('SubmitToProvider', () => {
  it('retries nothing, so that one order never buys two videos', () => {
    expect(requireState('SubmitToProvider').Retry).toEqual([]);
  });

  it('goes to sleep for 30 seconds on any failure, because the order may have left', () => {
    expect(requireState('SubmitToProvider').Catch).toEqual([
      { ErrorEquals: ['States.ALL'], ResultPath: null, Next: 'AssumeSubmitted' },
    ]);
    expect(requireState('AssumeSubmitted')).toMatchObject({
      Type: 'Pass',
      Result: { nextLookSeconds: 30 },
      ResultPath: '$.step',
      Next: 'AwaitWakeUp',
    });
  });
});

describe.each([
  ['AwaitWakeUp', 'CheckJob'],
  ['AwaitPlace', 'SubmitToProvider'],
])('%s', (name, next) => {
  const state = requireState(name);

  it('leaves its token on the row of the task, guarded against a wake-up that came first', () => {
    expect(state).toMatchObject({
      Resource: 'arn:<AWS::Partition>:states:::aws-sdk:dynamodb:updateItem.waitForTaskToken',
      Parameters: {
        Key: { pk: { 'S.$': '$.taskId' }, sk: { S: 'TASK' } },
        ConditionExpression: 'attribute_exists(pk) AND attribute_not_exists(wake)',
        UpdateExpression: 'SET taskToken = :token, sleptAt = :now, sleepSeconds = :seconds',
        ExpressionAttributeValues: {
          ':token': { 'S.$': '$$.Task.Token' },
          ':now': { 'S.$': '$$.State.EnteredTime' },
          ':seconds': { 'N.$': "States.Format('{}', $.step.nextLookSeconds)" },
        },
      },
    });
  });

  it('sleeps as long as the last step decided, and forgets what woke it', () => {
    expect(state['TimeoutSecondsPath']).toBe('$.step.nextLookSeconds');
    expect(state['ResultPath']).toBeNull();
  });

  it('goes on when somebody rang before, or when its time is over', () => {
    expect(state.Next).toBe(next);
    expect(state.Catch).toEqual([
      {
        ErrorEquals: [
          'DynamoDb.ConditionalCheckFailedException',
          'DynamoDB.ConditionalCheckFailedException',
          'States.Timeout',
        ],
        ResultPath: null,
        Next: next,
      },
    ]);
  });

  it('retries throttling, conflicts and server errors by name only', () => {
    const errors = state.Retry.flatMap(({ ErrorEquals }) => ErrorEquals);

    expect(errors).toEqual(
      expect.arrayContaining([
        'DynamoDb.ThrottlingException',
        'DynamoDB.InternalServerErrorException',
        'DynamoDb.TransactionConflictException',
        'DynamoDB.TransactionConflictException',
        'DynamoDb.DynamoDbException',
        'DynamoDB.DynamoDbException',
      ]),
    );
    expect(errors.filter((error) => /^States\.|ConditionalCheck/.test(error))).toEqual([]);
  });
});

describe('the steps after the order', () => {
  it.each([
    ['CheckJob', 6],
    ['ArchiveVideo', 3],
    ['SettleTask', 20],
  ])('%s is retried %i times, on what passes by itself and not on faults', (name, attempts) => {
    const { Retry } = requireState(name);

    expect(Retry.map(({ MaxAttempts }) => MaxAttempts)).toEqual([attempts]);
    expect(Retry[0]?.ErrorEquals).toEqual(
      expect.arrayContaining(['TransientStepError', 'Lambda.Unknown', 'Runtime.ExitError', 'States.Timeout']),
    );
    expect(Retry[0]?.ErrorEquals).not.toContain('States.ALL');
  });

  it('sleeps and looks before a video that could not be copied is tried again', () => {
    expect(requireState('ArchiveVideo').Catch).toEqual([
      { ErrorEquals: ['States.ALL'], ResultPath: null, Next: 'PauseArchiving' },
    ]);
    expect(requireState('PauseArchiving')).toMatchObject({
      Type: 'Pass',
      Result: { nextLookSeconds: 300 },
      ResultPath: '$.step',
      Next: 'AwaitWakeUp',
    });
  });

  it.each(['CheckJob', 'SettleTask'])('leaves a failed %s to the sweeper', (name) => {
    expect(requireState(name).Catch).toEqual([]);
  });
});
