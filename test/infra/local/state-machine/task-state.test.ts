import { describe, expect, it } from 'vitest';
import {
  eventTypes,
  failed,
  finish,
  functionArn,
  never,
  returned,
  settle,
  start,
  startScriptedEngine,
  waitUntil,
} from './scripted-engine.ts';

function task(fields: object) {
  return {
    StartAt: 'Work',
    States: {
      Work: { Type: 'Task', Resource: functionArn('work'), End: true, ...fields },
      Rescue: { Type: 'Pass', End: true },
      Other: { Type: 'Pass', Result: 'other', End: true },
    },
  };
}

const startedAt = Date.parse('2026-03-02T10:00:00.000Z');
const secondsSince = (at: string) => (Date.parse(at) - startedAt) / 1000;

describe('an error of a Task state', () => {
  it("carries the handler's error as AWS does", async () => {
    const trace = ['at handler'];
    const invoke = () => ({ kind: 'failed', errorType: 'BadOrder', errorMessage: 'no', trace }) as const;
    const scripted = startScriptedEngine({ definition: task({}), invoke });
    const ended = await finish(scripted, start(scripted));
    expect(ended).toMatchObject({ status: 'FAILED', error: 'BadOrder' });
    expect(JSON.parse(ended.cause ?? '')).toEqual({ errorType: 'BadOrder', errorMessage: 'no', trace });
  });

  it('is Lambda.Unknown when the invocation itself breaks', async () => {
    const invoke = () => Promise.reject(new Error('the worker exited'));
    const scripted = startScriptedEngine({ definition: task({}), invoke });
    expect(await finish(scripted, start(scripted))).toMatchObject({
      status: 'FAILED',
      error: 'Lambda.Unknown',
    });
  });

  it('is States.Timeout when the time-out passes first, and the late answer counts for nothing', async () => {
    const answer = Promise.withResolvers<ReturnType<typeof returned>>();
    const definition = task({
      TimeoutSeconds: 60,
      Catch: [{ ErrorEquals: ['States.Timeout'], Next: 'Rescue' }],
    });
    const scripted = startScriptedEngine({ definition, invoke: () => answer.promise });
    const arn = start(scripted);
    await waitUntil(() => scripted.calls.length === 1);
    scripted.clock.advance(59.999);
    await settle();
    expect(scripted.engine.describeExecution(arn).status).toBe('RUNNING');
    scripted.clock.advance(0.001);
    answer.resolve(returned('too late'));
    expect(await finish(scripted, arn)).toMatchObject({
      status: 'SUCCEEDED',
      output: '{"Error":"States.Timeout","Cause":""}',
    });
    expect(eventTypes(scripted, arn)).toContain('LambdaFunctionTimedOut');
  });

  it('is States.DataLimitExceeded when the answer is larger than 256 KiB', async () => {
    const definition = task({ Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Rescue' }] });
    const scripted = startScriptedEngine({ definition, invoke: () => returned('x'.repeat(262_144)) });
    const ended = await finish(scripted, start(scripted));
    expect(ended).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
  });
});

describe('Retry', () => {
  async function attemptSeconds(retrier: object, error = 'Busy') {
    const invoke = () => failed(error);
    const scripted = startScriptedEngine({ definition: task({ Retry: [retrier] }), invoke });
    const arn = start(scripted);
    const isOver = () => scripted.engine.describeExecution(arn).status === 'FAILED';
    for (let attempts = 1; !isOver(); attempts += 1) {
      await waitUntil(() => isOver() || scripted.calls.length === attempts);
      await waitUntil(() => isOver() || scripted.clock.advanceToNextTimer());
    }
    return { seconds: scripted.calls.map(({ at }) => secondsSince(at)), scripted, arn };
  }

  it.each([
    ['backs off by 1 s and 2 by default, three times', {}, [0, 1, 3, 7]],
    ['backs off as told', { IntervalSeconds: 10, BackoffRate: 3, MaxAttempts: 2 }, [0, 10, 40]],
    ['never waits longer than MaxDelaySeconds', { IntervalSeconds: 4, MaxDelaySeconds: 5 }, [0, 4, 9, 14]],
    ['tries once when MaxAttempts is 0', { MaxAttempts: 0 }, [0]],
  ])('%s', async (_title, fields, expected) => {
    const { seconds } = await attemptSeconds({ ErrorEquals: ['Busy'], ...fields });
    expect(seconds).toEqual(expected);
  });

  it('spreads the delay between nothing and the full one with JitterStrategy FULL', async () => {
    const fields = { IntervalSeconds: 100, MaxAttempts: 1, JitterStrategy: 'FULL' };
    const { seconds } = await attemptSeconds({ ErrorEquals: ['States.ALL'], ...fields });
    expect(seconds[1]).toBeLessThan(100);
  });

  it('leaves errors alone that it does not name', async () => {
    expect((await attemptSeconds({ ErrorEquals: ['Other'] })).seconds).toEqual([0]);
  });

  it('counts as a state transition and shows in the history', async () => {
    const { scripted, arn } = await attemptSeconds({ ErrorEquals: ['States.TaskFailed'], MaxAttempts: 1 });
    expect(scripted.engine.countTransitions(arn)).toBe(2);
    const attempt = ['LambdaFunctionScheduled', 'LambdaFunctionStarted', 'LambdaFunctionFailed'];
    expect(eventTypes(scripted, arn)).toEqual([
      'ExecutionStarted',
      'TaskStateEntered',
      ...attempt,
      ...attempt,
      'ExecutionFailed',
    ]);
  });

  it('shows its count in the context object', async () => {
    const fields = { Parameters: { 'count.$': '$$.State.RetryCount' }, Retry: [{ ErrorEquals: ['Busy'] }] };
    const scripted = startScriptedEngine({ definition: task(fields), invoke: () => failed('Busy') });
    start(scripted);
    await waitUntil(() => scripted.calls.length === 1);
    await waitUntil(() => scripted.clock.advanceToNextTimer());
    await waitUntil(() => scripted.calls.length === 2);
    expect(scripted.calls.map(({ payload }) => payload)).toEqual([{ count: 0 }, { count: 1 }]);
  });
});

describe('Catch', () => {
  it.each([
    [
      'takes the first catcher that names the error',
      [
        ['Broken', 'Other'],
        ['States.ALL', 'Rescue'],
      ],
      '"other"',
    ],
    [
      'passes by catchers that name other errors',
      [
        ['Else', 'Other'],
        ['Broken', 'Rescue'],
      ],
      'Broken',
    ],
    ['matches States.TaskFailed', [['States.TaskFailed', 'Other']], '"other"'],
    ['matches States.ALL', [['States.ALL', 'Other']], '"other"'],
  ])('%s', async (_title, catchers, expected) => {
    const Catch = catchers.map(([name, Next]) => ({ ErrorEquals: [name], Next }));
    const scripted = startScriptedEngine({ definition: task({ Catch }), invoke: () => failed('Broken') });
    expect((await finish(scripted, start(scripted))).output).toContain(expected);
  });

  it('does not take States.TaskFailed for a time-out', async () => {
    const fields = { TimeoutSeconds: 1, Catch: [{ ErrorEquals: ['States.TaskFailed'], Next: 'Rescue' }] };
    const scripted = startScriptedEngine({ definition: task(fields), invoke: never });
    const arn = start(scripted);
    await waitUntil(() => scripted.calls.length === 1);
    scripted.clock.advance(1);
    expect(await finish(scripted, arn)).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
  });

  it.each([
    ['beside the raw input', '$.error', { id: 1, error: { Error: 'Broken' } }],
    ['nowhere for ResultPath null', null, { id: 1 }],
  ])('puts the error %s', async (_title, ResultPath, expected) => {
    const Catch = [{ ErrorEquals: ['States.ALL'], Next: 'Rescue', ResultPath }];
    const fields = { ResultPath: '$.ignored', Catch };
    const scripted = startScriptedEngine({ definition: task(fields), invoke: () => failed('Broken') });
    const { output = '' } = await finish(scripted, start(scripted, { id: 1 }));
    expect(JSON.parse(output)).toMatchObject(expected);
    expect(JSON.parse(output)).not.toHaveProperty('ignored');
  });

  it('cannot stop States.Runtime, by wildcard or by name', async () => {
    const Catch = [
      { ErrorEquals: ['States.Runtime'], Next: 'Rescue' },
      { ErrorEquals: ['States.ALL'], Next: 'Rescue' },
    ];
    const fields = { Parameters: { 'a.$': '$.missing' }, Retry: [{ ErrorEquals: ['States.ALL'] }], Catch };
    const scripted = startScriptedEngine({ definition: task(fields) });
    const ended = await finish(scripted, start(scripted));
    expect(ended).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
    expect(scripted.calls).toEqual([]);
  });

  it('stops an answer larger than 256 KiB by that name only', async () => {
    const Catch = [{ ErrorEquals: ['States.DataLimitExceeded'], Next: 'Other' }];
    const invoke = () => returned('x'.repeat(262_144));
    const scripted = startScriptedEngine({ definition: task({ Catch }), invoke });
    expect(await finish(scripted, start(scripted))).toMatchObject({ output: '"other"' });
  });

  it('can stop a result that does not fit', async () => {
    const fields = {
      ResultPath: '$.id.x',
      Catch: [{ ErrorEquals: ['States.ResultPathMatchFailure'], Next: 'Other' }],
    };
    const scripted = startScriptedEngine({ definition: task(fields) });
    expect(await finish(scripted, start(scripted, { id: 1 }))).toMatchObject({ output: '"other"' });
  });
});

describe('TimeoutSecondsPath', () => {
  const fields = {
    TimeoutSecondsPath: '$.step.seconds',
    InputPath: '$.payload',
    Parameters: { fixed: true },
  };

  it("reads the state's input, not what Parameters made of it", async () => {
    const scripted = startScriptedEngine({ definition: task(fields), invoke: never });
    const arn = start(scripted, { step: { seconds: 5 }, payload: {} });
    await waitUntil(() => scripted.calls.length === 1);
    scripted.clock.advance(5);
    expect(await finish(scripted, arn)).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
    expect(scripted.calls).toMatchObject([{ payload: { fixed: true } }]);
  });

  it.each([0, -1, 1.5, '5', null, undefined])(
    'ends the execution with States.Runtime for %j',
    async (seconds) => {
      const Catch = [{ ErrorEquals: ['States.ALL'], Next: 'Rescue' }];
      const scripted = startScriptedEngine({ definition: task({ ...fields, Catch }) });
      const ended = await finish(scripted, start(scripted, { step: { seconds }, payload: {} }));
      expect(ended).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
      expect(scripted.calls).toEqual([]);
    },
  );
});
