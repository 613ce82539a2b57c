import validate from 'asl-validator';
import { describe, expect, it } from 'vitest';
import { functionArn, startScriptedEngine, tokenWaitArn, updateItemArn } from './scripted-engine.ts';

const states = {
  Work: {
    Type: 'Task',
    Resource: functionArn('work'),
    Comment: 'works',
    TimeoutSeconds: 90,
    Retry: [
      {
        ErrorEquals: ['Busy'],
        IntervalSeconds: 1,
        MaxAttempts: 2,
        BackoffRate: 1.5,
        MaxDelaySeconds: 9,
        JitterStrategy: 'FULL',
      },
    ],
    Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: null, Next: 'Sleep' }],
    Next: 'Sleep',
  },
  Sleep: {
    Type: 'Task',
    Resource: tokenWaitArn,
    Parameters: { 'Token.$': '$$.Task.Token', 'Key.$': "States.Format('TASK#{}', $.id)" },
    TimeoutSecondsPath: '$.seconds',
    ResultPath: null,
    Next: 'Store',
  },
  Store: { Type: 'Task', Resource: updateItemArn, Parameters: { TableName: 'tasks' }, Next: 'Choose' },
  Choose: {
    Type: 'Choice',
    Choices: [
      { Variable: '$.a', StringEquals: 'x', Next: 'Pause' },
      {
        And: [{ Variable: '$.b', IsPresent: true }, { Not: { Variable: '$.b', IsNull: true } }],
        Next: 'Done',
      },
    ],
    Default: 'Broken',
  },
  Pause: { Type: 'Wait', SecondsPath: '$.pause', Next: 'Done' },
  Done: { Type: 'Succeed' },
  Broken: { Type: 'Fail', Error: 'Broken', Cause: 'nobody knows' },
};
const definition = {
  Comment: 'all kinds',
  QueryLanguage: 'JSONPath',
  StartAt: 'Work',
  TimeoutSeconds: 1000,
  States: states,
};

function change(name: keyof typeof states, fields: object) {
  return { ...definition, States: { ...states, [name]: { ...states[name], ...fields } } };
}

describe('a definition', () => {
  it('is valid for asl-validator and for the engine when it uses every kind of state', () => {
    const { isValid, errorsText } = validate(definition);
    expect({ isValid, errors: errorsText() }).toEqual({ isValid: true, errors: '' });
    expect(() => startScriptedEngine({ definition })).not.toThrow();
  });

  it.each([
    ['an unknown field of the machine', { ...definition, ProcessorConfig: {} }, 'ProcessorConfig'],
    ['an unknown field of a state', change('Work', { HeartbeatSeconds: 5 }), 'HeartbeatSeconds'],
    ['an unknown field of a retrier', change('Work', { Retry: [{ ErrorEquals: ['A'], Often: 1 }] }), 'Often'],
    ['an unknown state type', change('Work', { Type: 'Parallel' }), 'Type'],
    ['JSONata', { ...definition, QueryLanguage: 'JSONata' }, 'QueryLanguage'],
    [
      'an unsupported resource',
      change('Work', { Resource: 'arn:aws:states:::sqs:sendMessage' }),
      'sqs:sendMessage',
    ],
    ['an unsupported path', change('Work', { InputPath: '$..deep' }), '$..deep'],
    ['a context path to write to', change('Work', { ResultPath: '$$.Task' }), '$$.Task'],
    ['an unsupported intrinsic', change('Work', { Parameters: { 'a.$': 'States.UUID()' } }), 'States.UUID'],
    ['a template field that is no text', change('Work', { Parameters: { 'a.$': 5 } }), 'a.$'],
    [
      'an unknown comparison',
      change('Choose', { Choices: [{ Variable: '$.a', Like: 'x', Next: 'Done' }] }),
      'Choices',
    ],
    [
      'two comparisons in one',
      change('Choose', { Choices: [{ Variable: '$.a', IsNull: true, IsString: true, Next: 'Done' }] }),
      'Choices',
    ],
    ['a target that is not there', change('Work', { Next: 'Nowhere' }), 'Nowhere'],
    ['Next beside End', change('Work', { End: true }), 'either Next or End'],
    ['two time-outs', change('Sleep', { TimeoutSeconds: 5 }), 'TimeoutSecondsPath'],
    [
      'States.ALL beside another error',
      change('Work', { Catch: [{ ErrorEquals: ['A', 'States.ALL'], Next: 'Done' }] }),
      'States.ALL',
    ],
    ['a Wait without a duration', change('Pause', { SecondsPath: undefined }), 'exactly one of'],
  ])('throws on %s', (_title, faulty, clue) => {
    expect(() => startScriptedEngine({ definition: faulty })).toThrow(clue);
  });
});
