import { describe, expect, it } from 'vitest';
import { finish, functionArn, returned, runToOutput, start, startScriptedEngine } from './scripted-engine.ts';

const input = { order: { id: 'a1', seconds: 6 }, list: [10, { deep: true }], 'odd name': 1 };

function pass(fields: object) {
  return { StartAt: 'Only', States: { Only: { Type: 'Pass', End: true, ...fields } } };
}

function task(fields: object) {
  return {
    StartAt: 'Only',
    States: { Only: { Type: 'Task', Resource: functionArn('work'), End: true, ...fields } },
  };
}

describe('input and output of a Pass state', () => {
  it.each([
    ['gives its input when nothing else is said', {}, input],
    ['selects a part with InputPath', { InputPath: '$.order' }, input.order],
    ['gives an empty object for InputPath null', { InputPath: null }, {}],
    ['reads an element of an array', { InputPath: '$.list[1].deep' }, true],
    ['reads a quoted name', { InputPath: "$['odd name']" }, 1],
    ['gives its Result', { Result: [1, 2] }, [1, 2]],
    [
      'puts the result where ResultPath says',
      { Result: 1, ResultPath: '$.new.deep' },
      { ...input, new: { deep: 1 } },
    ],
    [
      'replaces an element of an array',
      { Result: 0, ResultPath: '$.list[0]' },
      { ...input, list: [0, input.list[1]] },
    ],
    ['drops the result for ResultPath null', { Result: 1, ResultPath: null }, input],
    ['selects a part with OutputPath', { OutputPath: '$.order.seconds' }, 6],
    ['gives an empty object for OutputPath null', { OutputPath: null }, {}],
    [
      'fills in Parameters, also inside arrays',
      { Parameters: { fixed: { 'id.$': '$.order.id' }, some: [{ 'of.$': '$.list[0]' }] } },
      { fixed: { id: 'a1' }, some: [{ of: 10 }] },
    ],
    [
      'reads the context object',
      {
        Parameters: {
          'name.$': '$$.Execution.Name',
          'state.$': '$$.State.Name',
          'id.$': '$$.Execution.Input.order.id',
        },
      },
      { name: 'one', state: 'Only', id: 'a1' },
    ],
    [
      'calls intrinsic functions',
      {
        Parameters: {
          'key.$': "States.Format('TASK#{}/{} it\\'s', $.order.id, $.order.seconds)",
          'text.$': 'States.JsonToString($.order)',
          'back.$': "States.StringToJson(States.Format('[{}]', $.order.seconds))",
        },
      },
      { key: "TASK#a1/6 it's", text: '{"id":"a1","seconds":6}', back: [6] },
    ],
  ])('%s', async (_title, fields, expected) => {
    expect(await runToOutput(startScriptedEngine({ definition: pass(fields) }), input)).toEqual(expected);
  });

  it.each([
    ['States.Runtime when InputPath leads nowhere', { InputPath: '$.missing' }, 'States.Runtime'],
    [
      'States.Runtime when a parameter leads nowhere',
      { Parameters: { 'a.$': '$.missing' } },
      'States.Runtime',
    ],
    [
      'States.ResultPathMatchFailure when a number is in the way',
      { ResultPath: '$.order.id.x' },
      'States.ResultPathMatchFailure',
    ],
    [
      'States.ResultPathMatchFailure behind the end of an array',
      { ResultPath: '$.list[2]' },
      'States.ResultPathMatchFailure',
    ],
    [
      'States.IntrinsicFailure when operands are missing',
      { Parameters: { 'a.$': "States.Format('{}{}', 1)" } },
      'States.IntrinsicFailure',
    ],
    ['States.DataLimitExceeded above 256 KiB', { Result: 'x'.repeat(262_144) }, 'States.DataLimitExceeded'],
  ])('fails with %s', async (_title, fields, error) => {
    const scripted = startScriptedEngine({ definition: pass(fields) });
    expect(await finish(scripted, start(scripted, input))).toMatchObject({ status: 'FAILED', error });
  });
});

describe('input and output of a Task state', () => {
  it('sends the filled-in Parameters and keeps the selected result beside its raw input', async () => {
    const definition = task({
      InputPath: '$.order',
      Parameters: { 'taskId.$': '$.id' },
      ResultSelector: { 'decision.$': '$.decision' },
      ResultPath: '$.step',
    });
    const invoke = () => returned({ decision: 'await', noise: 1 });
    const scripted = startScriptedEngine({ definition, invoke });
    expect(await runToOutput(scripted, input)).toEqual({ ...input, step: { decision: 'await' } });
    expect(scripted.calls).toMatchObject([{ target: 'work', payload: { taskId: 'a1' } }]);
  });

  it('takes null for the answer of a function that returns nothing', async () => {
    const scripted = startScriptedEngine({ definition: task({}), invoke: () => returned(undefined) });
    expect(await runToOutput(scripted, input)).toBeNull();
  });

  it('wraps the answer of lambda:invoke as AWS does', async () => {
    const definition = task({
      Resource: 'arn:aws:states:::lambda:invoke',
      Parameters: { FunctionName: functionArn('work'), 'Payload.$': '$.order' },
    });
    const scripted = startScriptedEngine({ definition, invoke: () => returned('fine') });
    expect(await runToOutput(scripted, input)).toEqual({
      ExecutedVersion: '$LATEST',
      Payload: 'fine',
      StatusCode: 200,
    });
    expect(scripted.calls).toMatchObject([{ target: 'work', payload: input.order }]);
  });
});
